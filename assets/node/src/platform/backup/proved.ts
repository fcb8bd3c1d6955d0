import { isManifestId, timeOf } from './manifest.js';
import type { BackupStore } from './store.js';
import { bytesOf, once } from './streams.js';

/** Beside the backups: the one that a drill restored last. */
const KEY = 'restored.json';

/**
 * The backup that was restored last, as far as the store knows. It is never removed before a newer one has been restored: backups that
 * nobody can decrypt look as good as any, and must not push out the last one that is known to be.
 */
export async function provedIn(store: BackupStore): Promise<string | undefined> {
  if (!(await store.list(KEY)).some(({ key }) => key === KEY)) return undefined;
  try {
    const { backup } = JSON.parse((await bytesOf(await store.read(KEY))).toString('utf8')) as { backup?: unknown };
    return typeof backup === 'string' && isManifestId(backup) ? backup : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** An older one that is restored as well takes nothing from what is known of a newer one. */
export async function noteProved(store: BackupStore, backup: string): Promise<void> {
  const known = await provedIn(store);
  if (known !== undefined && timeOf(known) > timeOf(backup)) return;
  await store.write(KEY, once(Buffer.from(`${JSON.stringify({ backup, at: new Date().toISOString() })}\n`)));
}
