import { Failure } from '../../src/platform/migrations/failure.js';
import { environmentName, withDatabase } from './development.js';
import { requireEngineFor } from './engine/native.js';
import { assertDifferent } from './engine/shadow.js';
import { runCommand } from './run.js';

/** Runs a command with DATABASE_URL set, and the database alive for as long as the command runs. */
async function main(): Promise<number> {
  const separator = process.argv.indexOf('--');
  const [command, ...args] = separator < 0 ? [] : process.argv.slice(separator + 1);
  if (command === undefined) throw new Failure('Usage: with-database.ts -- <command> [arguments]');
  await requireEngineFor(command, args);
  return await withDatabase(async (url) => {
    const shadow = process.env['SHADOW_DATABASE_URL'];
    if (command === 'prisma' && shadow) await assertDifferent(url, shadow);
    return await runCommand(command, args, {
      DATABASE_URL: process.env['DATABASE_URL'] || url,
      APP_ENV: environmentName(),
    });
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Failure ? error.message : error);
  process.exitCode = 1;
}
