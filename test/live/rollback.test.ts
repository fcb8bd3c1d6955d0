import { afterAll, beforeAll, expect, test } from 'vitest';
import { attempt } from '../../scripts/live/command';
import { type HeldDatabase, holdDatabase } from '../../scripts/live/database';
import { newestMigration, nextVersion, rollBack } from '../../scripts/live/rollback';
import { copyOf, newborns } from './support/newborns';

let before: ReturnType<typeof copyOf>;
let after: ReturnType<typeof copyOf>;
let database: HeldDatabase;

beforeAll(async () => {
  before = copyOf(newborns().postgresql);
  after = copyOf(newborns().postgresql);
  await nextVersion(after.folder);
  database = await holdDatabase(before.folder);
});

afterAll(async () => {
  await database?.release();
  before?.remove();
  after?.remove();
});

test('going back to the version before takes less than two minutes, migration included, and loses no request', async () => {
  expect(newestMigration(after.folder)).toMatch(/_add_weight$/);
  const { served, gone, undone, traffic } = await rollBack(before.folder, after.folder, database.url);
  const shown = [served, gone, undone].map((milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`);
  console.log(
    `from the decision: old version serving ${shown[0]}, newer one gone ${shown[1]}, migration undone ${shown[2]}`,
  );

  expect(undone).toBeLessThan(120_000);
  expect({ lost: traffic.lost, failed: traffic.failed }).toEqual({ lost: [], failed: [] });
  expect(traffic.answered).toBeGreaterThan(100);
  // The newer version notices that its migration is gone, which is why it goes first.
  const { output } = await attempt('node', ['dist/platform/migrations/cli.js', 'status'], {
    cwd: after.folder,
    env: { APP_ENV: 'dev', DATABASE_URL: database.url },
  });
  expect(output).toContain('1 to apply');
});
