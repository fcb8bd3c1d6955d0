import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../live/command';
import { atMost, type Figure, ratio, seconds, sideBySide } from './figures';

const BARE = `import { javascript, typescript } from 'projen';

const project = new typescript.TypeScriptProject({
  name: 'bare',
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  projenrcTs: true,
  projenrcTsOptions: { runner: typescript.TypeScriptRunner.tsx() },
});
project.synth();
`;

/** Synthesis of a service again against that of projen's own TypeScript project, both run by tsx. */
export async function resynthesis(service: string, workplace: string, rounds: number): Promise<Figure> {
  const bare = join(workplace, 'bare');
  mkdirSync(bare);
  writeFileSync(join(bare, '.projenrc.ts'), BARE);
  const { version } = require('projen/package.json') as { version: string };
  await run(
    'npm',
    ['install', '--no-save', '--no-audit', '--no-fund', `projen@${version}`, 'constructs@^10', 'tsx@^4'],
    { cwd: bare },
  );
  await run(process.execPath, ['--import', 'tsx', '.projenrc.ts'], { cwd: bare });
  // What the first runs install and cache is not what is measured.
  for (const folder of [service, bare, service, bare]) {
    await again(folder);
  }
  const times = await sideBySide(
    rounds,
    () => again(service),
    () => again(bare),
  );
  return atMost(
    'synthesis again, of the default service against projen’s bare TypeScript project',
    times.ratio,
    1.5,
    ratio,
    ` (${seconds(times.first)} against ${seconds(times.second)})`,
  );
}

/** What the task `default` runs, without projen's command line around it, which is the same for both. */
async function again(folder: string): Promise<void> {
  await run(process.execPath, [join('node_modules', 'tsx', 'dist', 'cli.mjs'), '.projenrc.ts'], { cwd: folder });
}
