import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { SecretStore, StoredSecret } from '../secrets/store.js';
import { hasKey, readEncrypted } from './encrypted-file.js';
import { lineAge } from './line-age.js';
import { runSops, SopsError } from './sops.js';

export interface SopsStoreOptions {
  readonly environment: string;
  /** Relative to the project. */
  readonly file: string;
  /** The age keys and PGP fingerprints that `.projenrc.ts` names. */
  readonly recipients: readonly string[];
  /** What it keeps. */
  readonly variables: readonly string[];
  /** What the environment can do without. */
  readonly optional?: readonly string[];
}

export function sops(options: SopsStoreOptions): SopsStore {
  return new SopsStore(options);
}

/** The encrypted file of one environment. */
export class SopsStore implements SecretStore {
  readonly name: string;
  readonly places: Readonly<Record<string, string>>;
  readonly options: SopsStoreOptions;
  readonly #root: string;
  #decrypted: Promise<ReadonlyMap<string, string>> | undefined;

  constructor(options: SopsStoreOptions, root = process.cwd()) {
    this.options = options;
    this.name = `SOPS in ${options.file}`;
    this.places = Object.fromEntries(options.variables.map((variable) => [variable, variable]));
    this.#root = root;
  }

  get path(): string {
    return resolve(this.#root, this.options.file);
  }

  /** SOPS leaves the line of an entry as it is while its value is the same, so Git knows how old that is. */
  async describe(variable: string): Promise<StoredSecret | undefined> {
    if (readEncrypted(this.path)?.entries.get(variable) !== 'encrypted') return undefined;
    const age = await lineAge(this.path, new RegExp(`^${variable}[:=]`));
    return age === undefined ? {} : { version: age.commit, changedAt: age.at };
  }

  async read(variable: string): Promise<string | undefined> {
    this.#decrypted ??= this.#decrypt();
    // An empty entry is where a value is to be written.
    return (await this.#decrypted).get(variable) || undefined;
  }

  async write(variable: string, text: string): Promise<undefined> {
    if (readEncrypted(this.path) === undefined) await this.create();
    // On standard input: the arguments of a process are seen by everyone on the machine.
    await this.#sops(['set', '--value-stdin', this.options.file, JSON.stringify([variable])], JSON.stringify(text));
    this.#decrypted = undefined;
  }

  /** Writes what the file lacks as empty entries, so that whoever edits it sees what there is to fill in. */
  async addMissing(): Promise<void> {
    const entries = readEncrypted(this.path)?.entries;
    if (entries === undefined) return this.create();
    for (const variable of this.options.variables) if (!entries.has(variable)) await this.write(variable, '');
  }

  async create(): Promise<void> {
    const { file, variables } = this.options;
    const isDotEnv = file.endsWith('.env');
    const text = variables.map((name) => (isDotEnv ? `${name}=\n` : `${name}: ""\n`)).join('');
    const encrypted = await this.#sops(['encrypt', '--filename-override', file], text === '' ? '{}\n' : text);
    mkdirSync(dirname(this.path), { recursive: true });
    writeFileSync(this.path, encrypted, { flag: 'wx' });
  }

  /** The editor's own exit code tells whether something was saved; both are fine. */
  async edit(): Promise<void> {
    await runSops(this.#root, ['edit', this.options.file], { interactive: true, accept: [0, 200] });
    this.#decrypted = undefined;
  }

  /**
   * Encrypts for the recipients of `.sops.yaml`; with a new data key where one of them is shut out, who then reads nothing that is
   * written from now on. Says whether that was so.
   */
  async rekey(): Promise<boolean> {
    const { file, recipients } = this.options;
    const shutOut = (readEncrypted(this.path)?.recipients ?? []).some((key) => !hasKey(recipients, key));
    await this.#sops(['updatekeys', '--yes', file]);
    if (shutOut) await this.#sops(['rotate', '--in-place', file]);
    return shutOut;
  }

  async #decrypt(): Promise<ReadonlyMap<string, string>> {
    const file = readEncrypted(this.path);
    if (file === undefined) return new Map();
    const { options } = this;
    if (!file.isEncrypted) throw new SopsError(`${options.file} is not encrypted.`);
    const json = await this.#sops(['decrypt', '--output-type', 'json', options.file]);
    const entries = Object.entries(JSON.parse(json) as Record<string, unknown>);
    const bad = entries.filter(([name, value]) => typeof value !== 'string' && options.variables.includes(name));
    if (bad.length > 0) {
      const names = bad.map(([name]) => name).join(', ');
      throw new SopsError(`${options.file} holds something else than text in ${names}. Put the value in quotes.`);
    }
    return new Map(entries.map(([name, value]) => [name, String(value)]));
  }

  async #sops(args: readonly string[], input?: string): Promise<string> {
    try {
      return await runSops(this.#root, args, input === undefined ? {} : { input });
    } catch (error) {
      if (!(error instanceof SopsError) || error.message.startsWith('sops ')) throw error;
      throw new SopsError(`${this.options.file} ${error.message}`);
    }
  }
}
