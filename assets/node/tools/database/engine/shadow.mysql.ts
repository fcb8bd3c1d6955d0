import { randomUUID } from 'node:crypto';
import { driver } from '../../../src/platform/migrations/driver.js';
import { sameDatabase } from './shadow-problem.js';

const LIMITS = { lockTimeout: 5_000, statementTimeout: 5_000, connectTimeout: 5_000 };

/** Refuses a shadow database that is the main one, by whatever name it was reached: a lock of one server is seen on it alone. */
export async function assertDifferent(url: string, shadowUrl: string): Promise<void> {
  const main = await driver.open(url, LIMITS);
  try {
    const shadow = await driver.open(shadowUrl, LIMITS);
    try {
      const lock = randomUUID();
      const [here] = await main.query('SELECT DATABASE() AS name, GET_LOCK(?, 0) AS locked', [lock]);
      const [there] = await shadow.query('SELECT DATABASE() AS name, IS_USED_LOCK(?) AS holder', [lock]);
      if (there?.['holder'] !== null && here?.['name'] === there?.['name']) throw sameDatabase(String(here?.['name']));
    } finally {
      await shadow.close();
    }
  } finally {
    await main.close();
  }
}
