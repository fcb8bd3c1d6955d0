import { expect, it } from 'vitest';
import { observed } from '../../src/platform/backup-archive/observed.js';
import { createLogging } from '../../src/platform/logging/logger.js';
import { Redactor } from '../../src/platform/logging/redact.js';
import { freePort } from '../support/free-port.js';

/** Whether its metrics are there at another address of this machine than 127.0.0.1, as for a neighbour. */
async function isReached(host: string | undefined): Promise<boolean> {
  const { log } = await createLogging({
    service: 'orders',
    version: '1',
    environment: 'dev',
    level: 'silent',
    redactor: new Redactor(),
  });
  const port = await freePort();
  let reached = false;
  await observed({ service: 'orders', environment: 'dev', host, port, log }, async () => {
    reached = await fetch(`http://127.0.0.2:${port}/metrics`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return reached;
}

it("the archive is scraped at the address it is given, and on a developer's machine without one by that machine alone", async () => {
  expect(await isReached('0.0.0.0')).toBe(true);
  expect(await isReached(undefined)).toBe(false);
});
