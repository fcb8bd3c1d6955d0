import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provider as postgresql } from '../../tools/database/provider.postgresql.js';
import { provider as sqlite } from '../../tools/database/provider.sqlite.js';
import { environment, ScratchService } from './scratch-service.js';

const vitest = join(createRequire(import.meta.url).resolve('vitest/package.json'), '..', 'vitest.mjs');

/** A test that leaves a row behind, and fails where somebody else's row is. */
const TEST = `import { expect, it } from 'vitest';
import { driver } from '../src/platform/migrations/driver.js';
import { createTestDatabase } from '../tools/database/test-database.js';

it('has a database of its own', async () => {
  const { url } = await createTestDatabase();
  const session = await driver.open(url, { lockTimeout: 1000, statementTimeout: 1000, connectTimeout: 1000 });
  expect(await session.query('SELECT * FROM rows_of_test')).toEqual([]);
  await session.query('INSERT INTO rows_of_test VALUES (1)');
  await session.close();
});
`;

const CONFIG = `export default {
  test: { globalSetup: './tools/database/test-setup.ts', include: ['test/*.test.ts'], testTimeout: 20_000 },
};
`;

describe.each([
  ['postgresql', postgresql],
  ['sqlite', sqlite],
] as const)('test databases on %s', { timeout: 90_000 }, (kind, provider) => {
  const service = new ScratchService(kind);
  let held: { url: string; release(): Promise<void> };
  const run = () =>
    spawnSync(process.execPath, [vitest, 'run'], { cwd: service.root, encoding: 'utf8', env: environment({}) });

  beforeAll(async () => {
    service.migration('20200101000000_a', 'CREATE TABLE rows_of_test (id INT);', 'DROP TABLE rows_of_test;');
    service.write('vitest.config.mts', CONFIG);
    for (const name of ['a', 'b', 'c']) service.write(`test/${name}.test.ts`, TEST);
    held = await service.holdDatabase();
  }, 60_000);

  afterAll(async () => {
    await held.release();
    service.remove();
  });

  it('are one for each file, migrated, and gone after the run', async () => {
    const { status, stdout, stderr } = run();
    expect([status, stdout + stderr]).toEqual([0, expect.stringMatching(/3 passed/)]);
    expect((await provider.names(held.url)).filter((name) => name.startsWith('test_'))).toEqual([]);
  });

  it('that a killed run left behind are gone after the next', async () => {
    await provider.create(held.url, 'test_999999_template');
    service.write('test/a.test.ts', TEST);
    expect(run().status).toBe(0);
    expect((await provider.names(held.url)).filter((name) => name.startsWith('test_'))).toEqual([]);
  });

  it('are not made by migrations that fail, which says so', () => {
    service.migration('20200102000000_bad', 'CREATE TABEL x (id INT);');
    const { status, stdout, stderr } = run();
    expect(status).toBe(1);
    expect(stdout + stderr).toMatch(/20200102000000_bad failed/);
    service.clear();
    service.migration('20200101000000_a', 'CREATE TABLE rows_of_test (id INT);', 'DROP TABLE rows_of_test;');
  });
});
