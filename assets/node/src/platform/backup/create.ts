import { randomBytes } from 'node:crypto';
import { readCatalogue } from './catalogue.js';
import type { Source } from './database-interface.js';
import { encrypted } from './encryption.js';
import { Failure, messageOf } from './failure.js';
import { archiveKey, type Manifest, manifestKey, newId, readManifest, textOf, timeOf } from './manifest.js';
import { provedIn } from './proved.js';
import { expired } from './retention.js';
import type { Run } from './settings.js';
import type { BackupStore } from './store.js';
import { digestOf, isSame, Tap } from './streams.js';

/** Only these run without encryption: what is on a developer's machine already. */
const UNENCRYPTED = ['dev', 'test'];

/**
 * Makes a backup: dump, encrypt, write, read back, and only then the manifest that makes it one. Old ones go last, when there
 * is a new one that can be read.
 */
export async function createBackup(run: Run): Promise<Manifest> {
  if (run.recipients.length === 0 && !UNENCRYPTED.includes(run.environment)) {
    throw new Failure(
      `A backup of ${run.environment} would not be encrypted. Set BACKUP_RECIPIENTS to a public key of age, made with age-keygen.`,
    );
  }
  const source = await run.database.open(run.url, run.limits);
  let manifest: Manifest;
  try {
    manifest = await dump(run, source);
  } finally {
    await source.close();
  }
  if (run.copy) await copyTo(run.copy, run.main, manifest, run);
  await prune(run, run.main);
  if (run.copy) await prune(run, run.copy);
  return manifest;
}

async function dump(run: Run, source: Source): Promise<Manifest> {
  const startedAt = new Date();
  const id = newId(startedAt, randomBytes(4).toString('hex'));
  const { service, environment, recipients, main, database } = run;
  run.report('backup started', { backup: id, database: database.placeOf(run.url), store: main.name });
  const [plain, stored] = [new Tap(), new Tap()];
  const content = await encrypted(plain.through(source.dump(run.signal)), recipients);
  try {
    await main.write(archiveKey(id), stored.through(content));
    const manifest: Manifest = {
      format: 1,
      id,
      service,
      environment,
      database: database.kind,
      serverVersion: source.serverVersion,
      clientVersion: source.clientVersion,
      startedAt: startedAt.toISOString(),
      ...(await source.contents()),
      recipients,
      plain: plain.digest(),
      stored: stored.digest(),
      finishedAt: new Date().toISOString(),
    };
    await confirm(main, manifest);
    return manifest;
  } catch (error) {
    await discard(main, id, run);
    throw error;
  }
}

/** A store that says it has something is believed when it can show it. */
async function confirm(store: BackupStore, manifest: Manifest): Promise<void> {
  const { id, stored } = manifest;
  const found = await digestOf(await store.read(archiveKey(id)));
  if (!isSame(found, stored)) {
    throw new Failure(
      `${store.name} gives back another archive than it was given: ${found.bytes} of ${stored.bytes} bytes. Look at the store; the older backups are untouched.`,
    );
  }
  await store.write(manifestKey(id), textOf(manifest));
  await readManifest(store, id);
}

async function copyTo(to: BackupStore, from: BackupStore, manifest: Manifest, run: Run): Promise<void> {
  const { id } = manifest;
  try {
    await to.write(archiveKey(id), await from.read(archiveKey(id)));
    await confirm(to, manifest);
  } catch (error) {
    await discard(to, id, run);
    throw new Failure(
      `The backup ${id} is in ${from.name}, but could not be copied to ${to.name}: ${messageOf(error)}`,
    );
  }
  run.report('backup copied', { backup: id, store: to.name });
}

/** Removes what a failed run has left; that it cannot is no reason to hide why it failed. */
async function discard(store: BackupStore, id: string, run: Run): Promise<void> {
  for (const key of [manifestKey(id), archiveKey(id)]) {
    await store
      .remove(key)
      .catch((error: unknown) => run.report('leftover not removed', { key, reason: messageOf(error) }));
  }
}

/** Leftovers of runs that were killed go when no run can be at work on them any more. */
const ABANDONED = 2 * 24 * 60 * 60 * 1000;

async function prune(run: Run, store: BackupStore): Promise<void> {
  const { good, damaged, objects } = await readCatalogue(store);
  const gone = new Set(expired(good, run.retention, new Date()));
  // Of the others nobody knows yet whether their key is still there.
  const proved = await provedIn(run.main);
  if (proved !== undefined) gone.delete(proved);
  for (const [id, reason] of damaged) {
    const key = manifestKey(id);
    // One that has a manifest was good once: a person should see it.
    if (objects.some((object) => object.key === key)) run.report('backup damaged', { backup: id, reason });
    else if (Date.now() - timeOf(id) > ABANDONED) gone.add(id);
  }
  for (const id of gone) {
    // The manifest first: what is half removed must not look like a backup.
    await store.remove(manifestKey(id));
    await store.remove(archiveKey(id));
    run.report('backup removed', { backup: id, store: store.name });
  }
}
