import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { environment, type ScratchService } from './scratch-service.js';

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

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

/** A configuration whose tests have databases of their own. */
export const CONFIG = `export default {
  test: { globalSetup: './tools/database/test-setup.ts', include: ['test/*.test.ts'], testTimeout: 20_000 },
};
`;

/** Gives a service a migration and three test files that each want a database of their own. */
export function addTests(service: ScratchService): void {
  service.migration('20200101000000_a', 'CREATE TABLE rows_of_test (id INT);', 'DROP TABLE rows_of_test;');
  service.write('vitest.config.mts', CONFIG);
  for (const name of ['a', 'b', 'c']) service.write(`test/${name}.test.ts`, TEST);
}

export function runTests(service: ScratchService, env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, 'run'], {
    cwd: service.root,
    encoding: 'utf8',
    env: environment(env),
  });
  return { status, output: stdout + stderr };
}
