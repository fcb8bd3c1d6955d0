import { randomUUID } from 'node:crypto';
import {
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type Place, type PlacesByVariable, placeNames, textAt } from '../../src/platform/config/place.js';
import { Failure } from '../secrets/failure.js';
import type { SecretStore, StoredSecret } from '../secrets/store.js';
import { takeRole } from './audit-role.js';

export interface AwsStoreOptions {
  readonly region: string;
  readonly secrets: PlacesByVariable;
  /** The role of the scheduled workflow, which sees how old secrets are and nothing else. */
  readonly auditRole?: string;
}

/** Writes with the credentials of whoever runs the verb; the policy RotateSecrets of the template is enough. */
export function awsSecretsManager({ region, secrets, auditRole }: AwsStoreOptions, env = process.env): SecretStore {
  const name = `AWS Secrets Manager in ${region}`;
  let opened: Promise<SecretsManagerClient> | undefined;
  const open = () => {
    opened ??= takeRole(auditRole, env).then(() => new SecretsManagerClient({ region }));
    return opened;
  };
  const placeOf = (variable: string): Place => {
    const place = secrets[variable];
    if (place === undefined) throw new Failure(`${name} does not keep ${variable}.`);
    return place;
  };
  return {
    name,
    places: placeNames(secrets),
    describe: (variable) => orNothing(async () => currentVersion(await open(), placeOf(variable))),
    read: (variable) => orNothing(async () => read(await open(), placeOf(variable))),
    write: async (variable, text) => write(await open(), name, placeOf(variable), text),
  };
}

/** A secret has many versions; what the service reads is the current one, and its age is the age that counts. */
async function currentVersion(client: SecretsManagerClient, { id }: Place): Promise<StoredSecret | undefined> {
  let token: string | undefined;
  do {
    const { Versions = [], NextToken } = await client.send(
      new ListSecretVersionIdsCommand({ SecretId: id, NextToken: token }),
    );
    const current = Versions.find(({ VersionStages = [] }) => VersionStages.includes('AWSCURRENT'));
    if (current !== undefined) return { version: current.VersionId, changedAt: current.CreatedDate };
    token = NextToken;
  } while (token);
  return undefined;
}

async function read(client: SecretsManagerClient, place: Place): Promise<string | undefined> {
  const text = textAt(await readWhole(client, place), place);
  if (text instanceof Error) throw new Failure(`${place.id}: ${text.message}.`);
  return text;
}

async function readWhole(client: SecretsManagerClient, { id }: Place): Promise<string> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
  if (SecretString === undefined) throw new Failure(`${id} holds bytes. Store a text.`);
  return SecretString;
}

async function write(
  client: SecretsManagerClient,
  name: string,
  place: Place,
  text: string,
): Promise<string | undefined> {
  const whole = place.property === undefined ? text : await withMember(client, place, place.property, text);
  const command = new PutSecretValueCommand({
    SecretId: place.id,
    SecretString: whole,
    ClientRequestToken: randomUUID(),
  });
  try {
    return (await client.send(command)).VersionId;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    throw new Failure(`${name} has no ${place.id}. Deploy the template in infrastructure/aws, which makes it.`);
  }
}

async function withMember(client: SecretsManagerClient, place: Place, property: string, text: string): Promise<string> {
  const before = await orNothing(() => readWhole(client, place));
  return JSON.stringify({ ...(before === undefined ? {} : membersOf(place, before)), [property]: text });
}

/** The parser's own message quotes what it was given. */
function membersOf({ id }: Place, text: string): object {
  let members: unknown;
  try {
    members = JSON.parse(text);
  } catch {
    members = undefined;
  }
  if (typeof members === 'object' && members !== null && !Array.isArray(members)) return members;
  throw new Failure(`${id} holds no JSON object, so no member of it can be replaced. Nothing is changed.`);
}

async function orNothing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
