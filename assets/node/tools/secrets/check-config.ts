import { parseArgs } from 'node:util';
import type { Declarations } from '../../src/platform/config/declaration.js';
import type { Providers } from '../../src/platform/config/load.js';
import { isLocal } from '../../src/platform/config/sources.js';
import { readDeclared } from './declared.js';
import { requireEnvironment } from './environment.js';
import { renderExplained, renderMatrix } from './explain.js';
import type { Facts } from './facts.js';
import { readLive } from './live.js';

export const CHECK_CONFIG_USAGE = `config:check [environment] [--explain] [--matrix] [--live]
  environment   the one to check; APP_ENV, or dev, when left out
  --explain     where the value of each variable comes from
  --matrix      how each variable stands in each environment
  --live        read what this shell has, stores and mounted files included, as a process of the environment would`;

export interface CheckConfig {
  readonly args: readonly string[];
  readonly facts: Facts;
  readonly declarations: Declarations;
  readonly providers: Providers;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly print: (text: string) => void;
}

/** Finds everything that is wrong with the configuration of an environment; returns an exit code. */
export async function checkConfig(options: CheckConfig): Promise<number> {
  const { facts, declarations, providers, cwd, env, print } = options;
  const { values, positionals } = parseArgs({
    args: [...options.args],
    allowPositionals: true,
    options: { explain: { type: 'boolean' }, matrix: { type: 'boolean' }, live: { type: 'boolean' } },
  });
  const environment = requireEnvironment(positionals[0] ?? (env['APP_ENV'] || 'dev'), facts);
  const { rows, problems } =
    values.live || isLocal(environment)
      ? await readLive(declarations, providers, facts, { environment, cwd, env })
      : readDeclared(declarations, facts, environment, cwd);
  if (values.matrix) print(`${renderMatrix(facts)}\n`);
  if (values.explain) print(`${renderExplained(rows)}\n`);
  print(verdict(environment, problems, facts));
  return problems.length === 0 ? 0 : 1;
}

function verdict(environment: string, problems: readonly string[], { variables }: Facts): string {
  if (problems.length === 0) {
    const secrets = variables.filter(({ secret }) => secret).length;
    return `The configuration for ${environment} is in order: ${variables.length} variables, ${secrets} of them secret.`;
  }
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return `${count} in the configuration for ${environment}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`;
}
