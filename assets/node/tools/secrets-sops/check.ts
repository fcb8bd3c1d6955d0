import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '../../src/platform/config/nearest.js';
import { type EncryptedFile, hasKey, MalformedFile, readEncrypted } from './encrypted-file.js';
import type { SopsStore } from './store.js';

const FOLDER = 'secrets';

/** Everything that is wrong with the encrypted files, found without a key, as a pipeline has none. */
export function problemsOf(stores: readonly SopsStore[], root = process.cwd()): string[] {
  return [...stores.flatMap(problemsOfStore), ...strangers(stores, root)];
}

/** What is wrong with the file of one environment. */
export function problemsOfStore(store: SopsStore): string[] {
  const { file, environment } = store.options;
  let encrypted: EncryptedFile | undefined;
  try {
    encrypted = readEncrypted(store.path);
  } catch (error) {
    if (!(error instanceof MalformedFile)) throw error;
    return [`${file} ${error.message}. Restore it from Git, and use secrets:edit ${environment}.`];
  }
  // Not configured yet: config:check and deployment say so, and a new service must pass its checks.
  if (encrypted === undefined) return [];
  if (!encrypted.isEncrypted) {
    return [
      `${file} is not encrypted. Take it as leaked if it was ever pushed: replace every secret in it. Then remove it, and use secrets:edit ${environment}.`,
    ];
  }
  return [...entryProblems(store, encrypted), ...recipientProblems(store, encrypted)];
}

/** Secrets that an environment cannot do without and that have no value yet. */
export function missingFrom(store: SopsStore): string[] {
  const { variables, optional = [] } = store.options;
  const entries = readEncrypted(store.path)?.entries;
  return variables.filter((name) => !optional.includes(name) && (entries?.get(name) ?? 'empty') === 'empty');
}

function entryProblems({ options }: SopsStore, { entries }: EncryptedFile): string[] {
  const { file, environment, variables } = options;
  return [...entries].flatMap(([name, state]) => {
    if (!variables.includes(name)) {
      const suggestion = nearest(name, variables);
      return [
        `${name} in ${file} is no secret that SOPS keeps in ${environment}${suggestion ? `; did you mean ${suggestion}?` : '. Declare it, or remove it.'}`,
      ];
    }
    if (state === 'plain')
      return [`${name} in ${file} is not encrypted. Replace the secret, and use secrets:edit ${environment}.`];
    if (state === 'no text') {
      return [
        `${name} in ${file} is no text, so its value may change on the way. Put it in quotes: secrets:edit ${environment}.`,
      ];
    }
    return [];
  });
}

function recipientProblems({ options }: SopsStore, { recipients: actual }: EncryptedFile): string[] {
  const { file, environment, recipients: declared } = options;
  const extra = actual.filter((key) => !hasKey(declared, key));
  const lacking = declared.filter((key) => !hasKey(actual, key));
  return [
    ...extra.map(
      (key) =>
        `${file} can be decrypted by ${key}, who is no recipient. Run secrets:rekey ${environment}, and replace the secrets that key has seen.`,
    ),
    ...lacking.map(
      (key) => `${file} cannot be decrypted by its recipient ${key} yet. Run secrets:rekey ${environment}.`,
    ),
  ];
}

/** Files beside the encrypted ones, which are what an editor or a hurried colleague leaves behind. */
function strangers(stores: readonly SopsStore[], root: string): string[] {
  const folder = join(root, FOLDER);
  if (!existsSync(folder)) return [];
  const known = stores.map(({ options }) => options.file);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !known.includes(path))
    .sort()
    .map(
      (path) =>
        `${path} is no file of an environment that keeps its secrets with SOPS. Remove it; if it holds secrets, replace them.`,
    );
}
