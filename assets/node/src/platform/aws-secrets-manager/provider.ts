import type { APIErrorType, SecretsManagerClient, SecretValueEntry } from '@aws-sdk/client-secrets-manager';
import { type Place, type PlacesByVariable, placeNames, textAt } from '../config/place.js';
import { type Provided, ProviderFailure, type SecretProvider } from '../config/provider.js';
import { failureOf, NOT_THERE, refusalOf } from './failures.js';

export interface AwsSecretsManagerOptions {
  readonly region: string;
  readonly secrets: PlacesByVariable;
}

type Answer = Map<string, Provided | ProviderFailure>;

/** As many secrets as one request may ask for. */
const BATCH = 20;

/** Reads secrets with the credentials of the process, many in one request, and the current version of each. */
export function awsSecretsManager({ region, secrets }: AwsSecretsManagerOptions): SecretProvider {
  let client: Promise<SecretsManagerClient> | undefined;
  return {
    name: `AWS Secrets Manager in ${region}`,
    places: placeNames(secrets),
    read: async (variables, signal) => {
      client ??= open(region);
      const wanted = variables.flatMap((variable) =>
        secrets[variable] ? [[variable, secrets[variable]] as const] : [],
      );
      const ids = [...new Set(wanted.map(([, { id }]) => id))];
      const found: FoundById = await readAll(await client, ids, signal).catch(async (error: unknown) => {
        if (!isExpired(error)) throw error;
        // The client keeps credentials for as long as they say that they are valid; another one asks for them again.
        (await client)?.destroy();
        client = open(region);
        return await readAll(await client, ids, signal).catch((again: unknown) => {
          if (!isExpired(again)) throw again;
          return new Map(ids.map((id) => [id, failureOf({ code: EXPIRED, message: '' })]));
        });
      });
      const answer: Answer = new Map();
      for (const [variable, place] of wanted) {
        const one = answerFor(place, found.get(place.id));
        if (one !== undefined) answer.set(variable, one);
      }
      return answer;
    },
    close: async () => (await client)?.destroy(),
  };
}

/** The SDK is loaded where it is used: an environment without the store starts without it. */
async function open(region: string): Promise<SecretsManagerClient> {
  const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  return new SecretsManagerClient({ region, maxAttempts: 3 });
}

/** What is known of each secret; what is not there at all is left out. */
type FoundById = Map<string, SecretValueEntry | ProviderFailure>;

async function readAll(client: SecretsManagerClient, ids: readonly string[], signal: AbortSignal): Promise<FoundById> {
  const batches = Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, index) =>
    ids.slice(index * BATCH, (index + 1) * BATCH),
  );
  const found: FoundById = new Map();
  await Promise.all(batches.map((batch) => readBatch(client, batch, signal, found)));
  return found;
}

async function readBatch(
  client: SecretsManagerClient,
  ids: readonly string[],
  abortSignal: AbortSignal,
  found: FoundById,
): Promise<void> {
  const { BatchGetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
  let token: string | undefined;
  try {
    do {
      const command = new BatchGetSecretValueCommand({ SecretIdList: [...ids], NextToken: token });
      const { SecretValues = [], Errors = [], NextToken } = await client.send(command, { abortSignal });
      for (const value of SecretValues) for (const id of idsOf(value, ids)) found.set(id, value);
      for (const error of Errors) note(error, found);
      token = NextToken;
    } while (token);
  } catch (error) {
    // One secret without a value, or a role that may read only one by one, must not take the others with it.
    if (isOfOne(error)) await Promise.all(ids.map((id) => readOne(client, id, abortSignal, found)));
    else refuse(error, ids, found);
  }
}

async function readOne(
  client: SecretsManagerClient,
  id: string,
  abortSignal: AbortSignal,
  found: FoundById,
): Promise<void> {
  const { GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
  try {
    found.set(id, await client.send(new GetSecretValueCommand({ SecretId: id }), { abortSignal }));
  } catch (error) {
    if ((error as Error).name !== NOT_THERE) refuse(error, [id], found);
  }
}

const EXPIRED = 'ExpiredTokenException';

function isExpired(error: unknown): boolean {
  return [EXPIRED, 'ExpiredToken'].includes((error as Error).name);
}

function isOfOne(error: unknown): boolean {
  return [NOT_THERE, 'AccessDeniedException'].includes((error as Error).name);
}

/** What no other try would change is an answer; anything else says nothing about the secrets. */
function refuse(error: unknown, ids: readonly string[], found: FoundById): void {
  if (isExpired(error)) throw error;
  const refusal = refusalOf(error);
  if (refusal === undefined) throw unreachable(error);
  for (const id of ids) found.set(id, refusal);
}

function note({ SecretId, ErrorCode, Message }: APIErrorType, found: FoundById): void {
  if (SecretId === undefined || ErrorCode === NOT_THERE) return;
  found.set(SecretId, failureOf({ code: ErrorCode, message: Message }));
}

/** A secret is asked for by its name or by its ARN, and answers with both. */
function idsOf({ ARN, Name }: SecretValueEntry, ids: readonly string[]): string[] {
  return [ARN, Name].flatMap((id) => (id !== undefined && ids.includes(id) ? [id] : []));
}

function answerFor(
  place: Place,
  found: SecretValueEntry | ProviderFailure | undefined,
): Provided | ProviderFailure | undefined {
  if (found === undefined || found instanceof ProviderFailure) return found;
  if (found.SecretString === undefined) return new ProviderFailure('it holds bytes. Store a text');
  const text = textAt(found.SecretString, place);
  if (text === undefined) return undefined;
  if (text instanceof Error) return new ProviderFailure(text.message);
  return { text, version: found.VersionId, changedAt: found.CreatedDate };
}

/** Errors of the network carry their own cause, and Node's of several addresses carry no message at all. */
function unreachable(error: unknown): Error {
  const { code, message, name } = error as NodeJS.ErrnoException;
  return new Error([code, message].find((text) => text) ?? name, { cause: error });
}
