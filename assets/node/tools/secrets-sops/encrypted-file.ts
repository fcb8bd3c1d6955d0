import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { parseDocument } from 'yaml';

/** How an entry is written, as far as that shows without a key. */
export type EntryState = 'encrypted' | 'plain' | 'empty' | 'no text';

/** What an encrypted file says to whoever has no key: names, and who has one. */
export interface EncryptedFile {
  readonly isEncrypted: boolean;
  readonly entries: ReadonlyMap<string, EntryState>;
  /** The age keys and PGP fingerprints it is encrypted for, and by its name in SOPS every other kind of key that opens it. */
  readonly recipients: readonly string[];
}

/** What else SOPS lets open a file. Nothing of it can be declared, so whatever is there is a stranger's. */
const OTHER_KEYS = ['kms', 'gcp_kms', 'azure_kv', 'hckms', 'hc_vault', 'key_groups'];

/** Why a file cannot be read; the message never quotes the file. */
export class MalformedFile extends Error {
  override readonly name = 'MalformedFile';
}

/** Reads a file without decrypting it; undefined where there is none. */
export function readEncrypted(path: string): EncryptedFile | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return path.endsWith('.env') ? fromDotEnv(text) : fromYaml(text);
}

function fromYaml(text: string): EncryptedFile {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) {
    // The parser's own message quotes the line, which may hold a secret.
    const line = error.linePos?.[0].line;
    throw new MalformedFile(`is not YAML${line === undefined ? '' : ` (line ${line})`}`);
  }
  const root: unknown = document.toJS() ?? {};
  if (!isRecord(root)) throw new MalformedFile('holds something else than names and values');
  const { sops, ...entries } = root;
  const metadata = isRecord(sops) ? sops : {};
  return {
    isEncrypted: isRecord(sops) && sops['mac'] !== undefined,
    entries: new Map(Object.entries(entries).map(([name, value]) => [name, stateOf(value)])),
    recipients: [
      ...column(metadata['age'], 'recipient'),
      ...column(metadata['pgp'], 'fp'),
      ...OTHER_KEYS.filter((kind) => !isEmpty(metadata[kind])),
    ],
  };
}

/** SOPS flattens its metadata there: `sops_age__list_0__map_recipient`. */
function fromDotEnv(text: string): EncryptedFile {
  const all = Object.entries(parseEnv(text));
  const isMetadata = (name: string) => name.startsWith('sops_');
  return {
    isEncrypted: all.some(([name]) => name === 'sops_mac'),
    entries: new Map(all.filter(([name]) => !isMetadata(name)).map(([name, value]) => [name, stateOf(value)])),
    recipients: [
      ...all.flatMap(([name, value]) =>
        /^sops_(age__list_\d+__map_recipient|pgp__list_\d+__map_fp)$/.test(name) && value !== undefined ? [value] : [],
      ),
      ...OTHER_KEYS.filter((kind) => all.some(([name, value]) => name.startsWith(`sops_${kind}__`) && value !== '')),
    ],
  };
}

function stateOf(value: unknown): EntryState {
  if (value === '' || value === null) return 'empty';
  if (typeof value !== 'string') return isRecord(value) || Array.isArray(value) ? 'no text' : 'plain';
  const [, type] = /^ENC\[AES256_GCM,.*,type:(\w+)\]$/s.exec(value) ?? [];
  if (type === undefined) return 'plain';
  return type === 'str' ? 'encrypted' : 'no text';
}

function isEmpty(keys: unknown): boolean {
  return keys === undefined || keys === null || keys === '' || (Array.isArray(keys) && keys.length === 0);
}

function column(list: unknown, member: string): string[] {
  return Array.isArray(list) ? list.flatMap((entry: unknown) => (isRecord(entry) ? [String(entry[member])] : [])) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a key is among others: fingerprints are hexadecimal, and SSH keys may come with a comment. */
export function hasKey(keys: readonly string[], key: string): boolean {
  const comparable = (text: string) => text.split(' ').slice(0, 2).join(' ').toLowerCase();
  return keys.some((other) => comparable(other) === comparable(key));
}
