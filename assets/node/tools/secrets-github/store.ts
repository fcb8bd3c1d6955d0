import type { SecretStore, StoredSecret } from '../secrets/store.js';
import { runGh } from './gh.js';

export interface GithubStoreOptions {
  readonly environment: string;
  /** GitHub's name for it. */
  readonly githubEnvironment: string;
  readonly secrets: readonly string[];
  /** Secrets that the environment can do without. */
  readonly optional?: readonly string[];
  /** What is no secret, and comes from GitHub too. */
  readonly variables: readonly string[];
  /** Whether somebody has to approve what is deployed there. */
  readonly approved: boolean;
  /** Why GitHub does not protect it. */
  readonly unprotected?: string;
}

export const ENDS_WITH_BREAK =
  'ends with a line break, which gh would cut off. Take it off yourself if it means nothing.';

export function githubStore(options: GithubStoreOptions): GithubStore {
  return new GithubStore(options);
}

/** One environment of the repository this folder belongs to. GitHub takes secrets in and never gives them out again. */
export class GithubStore implements SecretStore {
  readonly name: string;
  readonly places: Readonly<Record<string, string>>;
  readonly options: GithubStoreOptions;

  constructor(options: GithubStoreOptions) {
    this.options = options;
    this.name = `GitHub's environment ${options.githubEnvironment}`;
    this.places = Object.fromEntries(options.secrets.map((name) => [name, name]));
  }

  async describe(variable: string): Promise<StoredSecret | undefined> {
    const changedAt = (await this.secrets()).get(variable);
    return changedAt && { changedAt };
  }

  async write(variable: string, text: string): Promise<undefined> {
    if (/[\r\n]$/.test(text)) {
      throw new Error(`${variable} ${ENDS_WITH_BREAK}`);
    }
    // On standard input: the arguments of a process are seen by everyone on the machine.
    await runGh(['secret', 'set', variable, '--env', this.options.githubEnvironment], text);
  }

  async writeVariable(variable: string, text: string): Promise<void> {
    await runGh(['variable', 'set', variable, '--env', this.options.githubEnvironment], text);
  }

  /** What is there, and since when. */
  async secrets(): Promise<ReadonlyMap<string, Date>> {
    const { githubEnvironment } = this.options;
    const json = await runGh(['secret', 'list', '--env', githubEnvironment, '--json', 'name,updatedAt']);
    const list = JSON.parse(json) as readonly { readonly name: string; readonly updatedAt: string }[];
    return new Map(list.map(({ name, updatedAt }) => [name, new Date(updatedAt)]));
  }
}
