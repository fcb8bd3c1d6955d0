import { setTimeout as sleep } from 'node:timers/promises';
import type { BackupStore } from '../../src/platform/backup/store.js';

/** A store whose reads and writes a test can bend. */
export function bent(store: BackupStore, bend: Partial<BackupStore>): BackupStore {
  return { ...store, ...bend };
}

/** Tries again until something that starts is there. */
export async function until(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      if (attempt >= 100) throw error;
      await sleep(200);
    }
  }
}
