import { parseArgs } from 'node:util';
import { requireEnvironment } from './environment.js';
import type { Facts, VariableFacts } from './facts.js';
import { storeOf } from './rotation.js';
import type { Stores } from './store.js';
import { table } from './table.js';

export interface CheckRotation {
  readonly args: readonly string[];
  readonly facts: Facts;
  readonly stores: Stores;
  readonly print: (text: string) => void;
  readonly now?: () => number;
}

interface Age {
  readonly environment: string;
  readonly variable: VariableFacts;
  readonly state: string;
  readonly isOverdue: boolean;
}

/** Finds secrets that are older than they may be, by what the stores know; returns an exit code. */
export async function checkRotation({ args, facts, stores, print, now = Date.now }: CheckRotation): Promise<number> {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} });
  const [named] = positionals;
  const environments = named === undefined ? facts.environments : [requireEnvironment(named, facts)];
  const ages: Age[] = [];
  for (const environment of environments.filter((name) => named !== undefined || name in stores)) {
    for (const variable of facts.variables.filter(({ secret }) => secret)) {
      ages.push({ environment, variable, ...(await ageOf(variable, environment, stores, now())) });
    }
  }
  if (ages.length > 0) print(`${render(ages)}\n`);
  const overdue = ages.filter(({ isOverdue }) => isOverdue);
  print(ages.length === 0 ? 'No store keeps secrets of this service.' : verdict(overdue));
  return overdue.length === 0 ? 0 : 1;
}

const DAY = 86_400_000;

async function ageOf(
  { name, rotation }: VariableFacts,
  environment: string,
  stores: Stores,
  now: number,
): Promise<Pick<Age, 'state' | 'isOverdue'>> {
  const fine = (state: string) => ({ state, isOverdue: false });
  if (rotation?.waived !== undefined) return fine(`never rotated: ${rotation.waived}`);
  const store = storeOf(stores, environment, name);
  if (store === undefined) return fine('age unknown: the platform mounts it');
  const found = await store.describe(name);
  if (found === undefined) return fine('not there yet');
  if (found.changedAt === undefined) return fine(`age unknown: ${store.name} does not say`);
  const days = Math.floor((now - found.changedAt.getTime()) / DAY);
  const limit = rotation?.days ?? 0;
  return days > limit
    ? { state: `${days} days old, ${days - limit} overdue`, isOverdue: true }
    : fine(`${days} days old`);
}

function render(ages: readonly Age[]): string {
  return table([
    ['secret', 'environment', 'replaced every', 'by', 'state'],
    ...ages.map(({ environment, variable: { name, rotation }, state }) => [
      name,
      environment,
      rotation?.waived === undefined ? `${rotation?.days} days` : '-',
      rotation?.owner ?? 'nobody named',
      state,
    ]),
  ]);
}

function verdict(overdue: readonly Age[]): string {
  if (overdue.length === 0) return 'No secret is overdue.';
  const commands = overdue.map(
    ({ environment, variable: { name } }) => `  npx projen secrets:rotate ${name} ${environment}`,
  );
  return `${overdue.length} ${overdue.length === 1 ? 'secret is' : 'secrets are'} overdue. docs/runbooks/rotate-a-secret.md says how to replace each:\n${commands.join('\n')}`;
}
