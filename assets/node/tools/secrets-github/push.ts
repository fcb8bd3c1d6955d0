import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '../../src/platform/config/nearest.js';
import { GhError } from './gh.js';
import { protectionProblems } from './protection.js';
import { ENDS_WITH_BREAK, type GithubStore } from './store.js';

export interface PushOptions {
  /** A folder with a file for each secret; without one, the files that `<NAME>_FILE` names. */
  readonly from?: string | undefined;
  readonly dryRun: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly print: (line: string) => void;
}

/**
 * Puts what is given into GitHub's environment. What can be known before is looked at before, and then nothing is put there; GitHub
 * takes one after the other, so a failure on the way leaves some of it there. Returns the problems; prints names only.
 */
export async function push(store: GithubStore, options: PushOptions): Promise<readonly string[]> {
  const { dryRun, env, print } = options;
  const { secrets, variables, optional = [] } = store.options;
  const unprotected = await protectionProblems(store.options);
  // Where there is no environment, there is nothing to ask it.
  if (unprotected.length > 0 && !dryRun) return unprotected;
  const there = unprotected.some((problem) => problem.startsWith('GitHub has no')) ? new Map() : await store.secrets();
  const given = new Map(secrets.flatMap((name) => pair(name, secretOf(name, options))));
  const plain = new Map(variables.flatMap((name) => pair(name, env[name])));
  const needed = secrets.filter((name) => !optional.includes(name));
  const problems = [...unprotected, ...missing(needed, given, there)];
  for (const remark of undeclared(there.keys(), secrets)) print(remark);
  for (const [name] of given) print(`${there.has(name) ? 'replaces' : 'adds'} the secret ${name}`);
  for (const [name] of plain) print(`sets the variable ${name}`);
  if (dryRun || problems.length > 0) return problems;
  const failure = await putAll([
    ...[...given].map(([name, text]) => ({ name, put: () => store.write(name, text) })),
    ...[...plain].map(([name, text]) => ({ name, put: () => store.writeVariable(name, text) })),
  ]);
  if (failure !== undefined) return [failure];
  print(`${store.name} has ${secrets.length} secrets.`);
  return [];
}

/** Says where it stopped. */
async function putAll(
  all: readonly { readonly name: string; readonly put: () => Promise<unknown> }[],
): Promise<string | undefined> {
  for (const [done, { name, put }] of all.entries()) {
    try {
      await put();
    } catch (error) {
      if (!(error instanceof GhError)) throw error;
      const names = (some: typeof all) => some.map((each) => each.name).join(', ') || 'nothing';
      return `${name} was not written: ${error.message.replace(/\.$/, '')}. Written before it: ${names(all.slice(0, done))}. Not written yet: ${names(all.slice(done + 1))}. Run it again: it writes all of them anew.`;
    }
  }
  return undefined;
}

function secretOf(name: string, { from, env }: PushOptions): string | undefined {
  const path = from === undefined ? env[`${name}_FILE`] : join(from, name);
  // As the service reads mounted files: editors end them with a line break that is no part of the value.
  return path === undefined || !existsSync(path) ? undefined : readFileSync(path, 'utf8').replace(/\r?\n$/, '');
}

function missing(
  needed: readonly string[],
  given: ReadonlyMap<string, string>,
  there: ReadonlyMap<string, unknown>,
): string[] {
  const empty = [...given.keys()]
    .filter((name) => given.get(name) === '')
    .map((name) => `The file of ${name} is empty.`);
  const unfit = [...given].flatMap(([name, text]) => unfitness(text).map((why) => `${name} ${why}`));
  const nowhere = needed.filter((name) => !given.has(name) && !there.has(name));
  return [
    ...empty,
    ...unfit,
    ...nowhere.map(
      (name) => `${name} is neither given nor in GitHub yet. Set ${name}_FILE to the path of its file, or use --from.`,
    ),
  ];
}

/** What gh or GitHub would not take, or would change. */
function unfitness(text: string): string[] {
  return [
    ...(/[\r\n]$/.test(text) ? [ENDS_WITH_BREAK] : []),
    ...(Buffer.byteLength(text) > LARGEST
      ? ['is larger than the 48 KB that GitHub takes. Keep it in another store.']
      : []),
  ];
}

/** @see https://docs.github.com/actions/reference/security/secrets */
const LARGEST = 48 * 1024;

function undeclared(there: Iterable<string>, secrets: readonly string[]): string[] {
  return [...there]
    .filter((name) => !secrets.includes(name))
    .map((name) => {
      const suggestion = nearest(name, secrets);
      return `GitHub has ${name} as well, which this service does not declare${suggestion ? `; did you mean ${suggestion}?` : '.'}`;
    });
}

function pair(name: string, text: string | undefined): [string, string][] {
  return text === undefined ? [] : [[name, text]];
}
