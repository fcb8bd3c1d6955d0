import { readFileSync } from 'node:fs';

/** What `.projenrc.ts` says about the manifests, as `npx projen` writes it to `facts.json` beside this file. */
export interface Facts {
  readonly service: string;
  /** The repository of the image. */
  readonly image: string;
  readonly environments: Readonly<Record<string, EnvironmentFacts>>;
}

export interface EnvironmentFacts {
  readonly imageDigest?: string;
  /** The jobs of the release, by the names they have there. */
  readonly jobs: readonly string[];
  readonly missing: readonly NotConfigured[];
  readonly notes: readonly string[];
}

/** What the environment lacks. */
export interface NotConfigured {
  readonly what: string;
  readonly fix: string;
  /** The option of `k8s:render` that brings it as well. */
  readonly option?: string;
}

/** Names what an environment lacks, for people, on the stream of errors. */
export function tellMissing(environment: string, missing: readonly NotConfigured[]): void {
  for (const { what, fix } of missing) console.error(`Not configured for ${environment}: ${what}. Set ${fix}.`);
}

export function readFacts(): Facts {
  return JSON.parse(readFileSync(new URL('facts.json', import.meta.url), 'utf8'));
}

/** The facts of an environment, or an error that names those there are. */
export function environmentOf({ environments }: Facts, name: string): EnvironmentFacts {
  const found = Object.hasOwn(environments, name) ? environments[name] : undefined;
  if (found === undefined) {
    const known = Object.keys(environments).join(', ');
    throw new Failure(`There are no manifests for the environment "${name}". There are some for: ${known}.`);
  }
  return found;
}

/** What the reader can mend; shown without a stack. */
export class Failure extends Error {}

/** Runs a verb; what it cannot do it says in one line. */
export function run(verb: () => void): void {
  try {
    verb();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
