import { createHash } from 'node:crypto';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Digest } from './manifest.js';

/** Lets bytes pass and knows how many there were, and their hash. */
export class Tap {
  readonly #hash = createHash('sha256');
  #bytes = 0;

  async *through(content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of content) {
      this.#hash.update(chunk);
      this.#bytes += chunk.length;
      yield chunk;
    }
  }

  /** Once everything has passed. */
  digest(): Digest {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}

/** Reads to the end and keeps nothing. */
export async function digestOf(content: AsyncIterable<Uint8Array>): Promise<Digest> {
  const tap = new Tap();
  for await (const _ of tap.through(content));
  return tap.digest();
}

export function isSame(one: Digest, other: Digest): boolean {
  return one.bytes === other.bytes && one.sha256 === other.sha256;
}

/** What comes out of a transformation; an error of what goes in comes out as well. */
export function through(content: AsyncIterable<Uint8Array>, transform: Transform): AsyncIterable<Uint8Array> {
  pipeline(content, transform).catch(() => undefined);
  return transform;
}

export async function bytesOf(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
