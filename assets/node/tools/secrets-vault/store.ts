import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { objectAt, type VaultAnswer, VaultClient } from '../../src/platform/vault/client.js';
import { Failure } from '../secrets/failure.js';
import type { SecretStore, StoredSecret } from '../secrets/store.js';
import { isIdentified, workflowToken } from '../secrets/workflow-token.js';

export interface VaultStoreOptions {
  readonly address: string;
  readonly namespace?: string;
  readonly mount: string;
  /** The path below the mount, by config variable. */
  readonly paths: Readonly<Record<string, string>>;
  /** The role of the scheduled workflow, which sees how old secrets are and nothing else. */
  readonly audit?: { readonly role: string; readonly mount: string };
}

/** The KV engine of Vault or OpenBao, with the token of whoever runs the verb, as its own command line finds it. */
export function vaultStore(options: VaultStoreOptions, env = process.env): SecretStore {
  const { mount, paths } = options;
  // A developer may reach it through a tunnel.
  const address = env['BAO_ADDR'] ?? env['VAULT_ADDR'] ?? options.address;
  const client = new VaultClient(address, options.namespace);
  let token: Promise<string> | undefined;
  const ask = async (method: 'GET' | 'POST', kind: string, variable: string, body?: object): Promise<VaultAnswer> => {
    const path = `${mount}/${kind}/${paths[variable]}`;
    let answer: VaultAnswer;
    token ??= tokenOf(options, client, env);
    const held = await token;
    try {
      answer = await client.request(method, path, { token: held, ...(body && { body }) });
    } catch (error) {
      throw new Failure(`Vault at ${address} cannot be used: ${(error as Error).message}.`);
    }
    if (answer.status === 403) throw new Failure(`Vault at ${address} denies your token ${path}.`);
    return answer;
  };
  return {
    name: `Vault at ${options.address}`,
    places: Object.fromEntries(Object.entries(paths).map(([variable, path]) => [variable, `${mount}/${path}`])),
    describe: async (variable) => describe((await ask('GET', 'metadata', variable)).body),
    read: async (variable) => {
      const { status, body } = await ask('GET', 'data', variable);
      if (status === 404) return undefined;
      const { value } = objectAt(body, 'data', 'data');
      if (status === 200 && typeof value === 'string') return value;
      // Taken for nothing, it would be written over.
      throw new Failure(
        `Vault at ${address} has no text in the member "value" of ${mount}/${paths[variable]} (status ${status}).`,
      );
    },
    write: async (variable, text) => {
      const { body } = await ask('GET', 'metadata', variable);
      // Two people who write at once must not undo each other unseen.
      const cas = Number(objectAt(body, 'data')['current_version'] ?? 0);
      const written = await ask('POST', 'data', variable, { options: { cas }, data: { value: text } });
      if (written.status !== 200) {
        throw new Failure(
          `Vault at ${address} did not take ${variable} (status ${written.status}): was it written by somebody else just now?`,
        );
      }
      return String(objectAt(written.body, 'data')['version']);
    },
  };
}

/** Nothing where the newest version was deleted. */
function describe(body: Readonly<Record<string, unknown>>): StoredSecret | undefined {
  const { current_version: current, versions } = objectAt(body, 'data');
  const version = objectAt(versions, String(current));
  const created = version['created_time'];
  if (typeof created !== 'string' || version['deletion_time'] !== '' || version['destroyed'] === true) return undefined;
  return { version: String(current), changedAt: new Date(created) };
}

async function tokenOf(options: VaultStoreOptions, client: VaultClient, env: NodeJS.ProcessEnv): Promise<string> {
  const file = join(env['HOME'] ?? homedir(), '.vault-token');
  const token = env['BAO_TOKEN'] ?? env['VAULT_TOKEN'] ?? (existsSync(file) ? readFileSync(file, 'utf8').trim() : '');
  if (token !== '') return token;
  if (options.audit === undefined || !isIdentified(env)) {
    throw new Failure('You are not logged in to Vault. Log in with "bao login" or "vault login".');
  }
  const { role, mount } = options.audit;
  const jwt = await workflowToken(options.address, env);
  const { status, body } = await client.request('POST', `auth/${mount}/login`, { body: { role, jwt } });
  const given = objectAt(body, 'auth')['client_token'];
  if (typeof given === 'string') return given;
  throw new Failure(
    `Vault at ${client.address} refuses this workflow the role ${role} at auth/${mount} (status ${status}). The role must name this repository and branch.`,
  );
}
