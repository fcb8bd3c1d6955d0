import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from './failure.js';
import { placeOf, type Rotation, secondsOf, writeValid } from './rotation.js';

/**
 * Brings a new key in two steps. First it only verifies; when every process has read it, it signs. What the old key signed goes on
 * being valid until the next rotation.
 */
export async function rotateKey(rotation: Rotation): Promise<void> {
  const { variable, store, options, settled, context } = rotation;
  const { name } = variable;
  if (store.read === undefined) {
    throw new Failure(
      `${store.name} gives nothing back, so the current key cannot be kept. Use --from-file with both keys.`,
    );
  }
  const added = newKey(variable.rotation?.keyLength ?? 0);
  const before = await store.read(name);
  const current = before?.split(/[,\s]+/).find((key) => key !== '');
  if (current === undefined) {
    await writeValid(rotation, store, name, added);
    context.print(`${name} has its first key in ${placeOf(store, name)}.`);
    return;
  }
  const wait = secondsOf(options.wait, settled);
  await writeValid(rotation, store, name, `${current},${added}`);
  context.print(`${name} has a new key that only verifies. In ${wait} s it signs, when every process has read it.`);
  await sleep(wait * 1000);
  // Whoever wrote in the meantime would lose what they wrote.
  if ((await store.read(name)) !== `${current},${added}`) {
    throw new Failure(`${name} was changed by somebody else in the meantime. The new key does not sign; start over.`);
  }
  await writeValid(rotation, store, name, `${added},${current}`);
  context.print(`${name} is rotated in ${placeOf(store, name)}. The key before it verifies until the next rotation.`);
}

/** At least 256 random bits, as text. */
function newKey(length: number): string {
  return randomBytes(Math.max(32, Math.ceil((length * 3) / 4))).toString('base64url');
}
