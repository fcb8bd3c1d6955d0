import { parseArgs } from 'node:util';
import { requireEnvironment } from './environment.js';
import type { Facts, VariableFacts } from './facts.js';
import { storeOf } from './rotation.js';
import type { StoredSecret, Stores } from './store.js';
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
  /** What is wrong, if anything is. */
  readonly problem?: 'overdue' | 'unknown';
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
  print(ages.length === 0 ? 'No store keeps secrets of this service.' : verdict(ages));
  return ages.some(({ problem }) => problem !== undefined) ? 1 : 0;
}

const DAY = 86_400_000;

async function ageOf(
  { name, rotation }: VariableFacts,
  environment: string,
  stores: Stores,
  now: number,
): Promise<Pick<Age, 'state' | 'problem'>> {
  const fine = (state: string) => ({ state });
  if (rotation?.waived !== undefined) return fine(`never rotated: ${rotation.waived}`);
  const store = storeOf(stores, environment, name);
  if (store === undefined) return fine('age unknown: the platform mounts it');
  let found: StoredSecret | undefined;
  try {
    found = await store.describe(name);
  } catch (error) {
    // One store that is away must not hide what the others say.
    return { state: `cannot be asked: ${(error as Error).message || (error as Error).name}`, problem: 'unknown' };
  }
  if (found === undefined) return fine('not there yet');
  if (found.changedAt === undefined) return fine(`age unknown: ${store.name} does not say`);
  const days = Math.floor((now - found.changedAt.getTime()) / DAY);
  const limit = rotation?.days ?? 0;
  return days > limit
    ? { state: `${days} days old, ${days - limit} overdue`, problem: 'overdue' }
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

function verdict(ages: readonly Age[]): string {
  const overdue = ages.filter(({ problem }) => problem === 'overdue');
  const unknown = ages.filter(({ problem }) => problem === 'unknown');
  const commands = overdue.map(
    ({ environment, variable: { name } }) => `  npx projen secrets:rotate ${name} ${environment}`,
  );
  return [
    ...(unknown.length > 0 ? [`Of ${countOf(unknown)} the age cannot be asked.`] : []),
    ...(overdue.length > 0
      ? [
          `${countOf(overdue)} ${overdue.length === 1 ? 'is' : 'are'} overdue. docs/runbooks/rotate-a-secret.md says how to replace each:`,
          ...commands,
        ]
      : []),
    ...(unknown.length + overdue.length === 0 ? ['No secret is overdue.'] : []),
  ].join('\n');
}

function countOf({ length }: readonly Age[]): string {
  return length === 1 ? '1 secret' : `${length} secrets`;
}
