import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provider as postgresql } from '../../tools/database/provider.postgresql.js';
import { provider as sqlite } from '../../tools/database/provider.sqlite.js';
import { ScratchService } from './scratch-service.js';
import { addTests, runTests } from './test-database-fixture.js';

describe.each([
  ['postgresql', postgresql],
  ['sqlite', sqlite],
] as const)('test databases on %s', { timeout: 90_000 }, (kind, provider) => {
  const service = new ScratchService(kind);
  let held: { url: string; release(): Promise<void> };
  beforeAll(async () => {
    addTests(service);
    held = await service.holdDatabase();
  }, 60_000);

  afterAll(async () => {
    await held.release();
    service.remove();
  });

  it('are one for each file, migrated, and gone after the run', async () => {
    const { status, output } = runTests(service);
    expect([status, output]).toEqual([0, expect.stringMatching(/3 passed/)]);
    expect((await provider.names(held.url)).filter((name) => name.startsWith('test_'))).toEqual([]);
  });

  it('that a killed run left behind are gone after the next', async () => {
    await provider.create(held.url, 'test_999999_template');
    expect(runTests(service).status).toBe(0);
    expect((await provider.names(held.url)).filter((name) => name.startsWith('test_'))).toEqual([]);
  });

  it('are not made by migrations that fail, which says so', () => {
    service.migration('20200102000000_bad', 'CREATE TABEL x (id INT);');
    const { status, output } = runTests(service);
    expect(status).toBe(1);
    expect(output).toMatch(/20200102000000_bad failed/);
    service.clear();
    addTests(service);
  });
});
