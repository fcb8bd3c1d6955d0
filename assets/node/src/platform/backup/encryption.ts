import { ReadableStream } from 'node:stream/web';
import { Decrypter, Encrypter } from 'age-encryption';
import { Failure, messageOf } from './failure.js';

/**
 * Encrypts to public keys in the age format, so that who makes backups cannot read them, and the `age` program can.
 *
 * @see https://age-encryption.org/v1
 */
export async function encrypted(
  content: AsyncIterable<Uint8Array>,
  recipients: readonly string[],
): Promise<AsyncIterable<Uint8Array>> {
  if (recipients.length === 0) return content;
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch {
      throw new Failure(
        `BACKUP_RECIPIENTS holds "${recipient}", which is no public key of age. Make a pair with age-keygen.`,
      );
    }
  }
  return iterate(await encrypter.encrypt(streamOf(content)));
}

/** The private key that an encrypted backup takes; asked for before anything else is done, too. */
export function requireIdentity(identity: string | undefined): string {
  if (identity === undefined) {
    throw new Failure('The backup is encrypted. Give the private key: --identity <file>, or BACKUP_IDENTITY_FILE.');
  }
  return identity;
}

/** Undoes {@link encrypted}; every piece is authenticated before it is passed on. */
export async function decrypted(
  content: AsyncIterable<Uint8Array>,
  identity: string | undefined,
): Promise<AsyncIterable<Uint8Array>> {
  const keys = requireIdentity(identity);
  const decrypter = new Decrypter();
  try {
    for (const line of keys.split('\n').map((text) => text.trim())) {
      if (line !== '' && !line.startsWith('#')) decrypter.addIdentity(line);
    }
  } catch {
    throw new Failure(
      'The private key is none of age: it begins with AGE-SECRET-KEY-1. Give the file that age-keygen wrote.',
    );
  }
  try {
    return iterate(await decrypter.decrypt(streamOf(content)));
  } catch (error) {
    throw new Failure(
      `The backup cannot be decrypted with this key (${messageOf(error)}). Give the key that belongs to one of its recipients.`,
    );
  }
}

function streamOf(content: AsyncIterable<Uint8Array>) {
  return ReadableStream.from(content) as unknown as globalThis.ReadableStream<Uint8Array<ArrayBuffer>>;
}

async function* iterate(stream: globalThis.ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  yield* stream as unknown as AsyncIterable<Uint8Array>;
}
