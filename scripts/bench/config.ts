import { join } from 'node:path';
import { run } from '../live/command';
import { LIBRARY } from '../live/package';
import { atMost, type Figure } from './figures';

/** Loading 100 variables when a process starts, against zod alone on the same schema. */
export async function configuration(rounds: number): Promise<Figure> {
  const output = await run(process.execPath, ['--import', 'tsx', 'bench/config.ts', `${rounds}`], {
    cwd: join(LIBRARY, 'assets', 'node'),
  });
  const { bare, platform, more } = JSON.parse(output.slice(output.indexOf('{')));
  return atMost(
    'loading 100 config variables, more than bare zod takes',
    more,
    50,
    (milliseconds) => `${Math.round(milliseconds)} ms`,
    ` (${Math.round(platform)} ms against ${Math.round(bare)} ms)`,
  );
}
