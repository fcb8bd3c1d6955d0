import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../backup/failure.js';
import type { BackupStore } from '../backup/store.js';

const PARTIAL = '.partial';

/** Bytes that are read at a time. */
const CHUNK = 1024 * 1024;

/** A folder, such as a mounted volume that is not on the machine of the database. */
export function directory(path: string): BackupStore {
  const root = resolve(path);
  const pathOf = (key: string) => join(root, ...key.split('/'));
  return {
    name: root,

    async list(prefix) {
      if (!existsSync(root)) return [];
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile() && !entry.name.includes(PARTIAL));
      const objects = await Promise.all(
        files.map(async ({ parentPath, name }) => {
          const file = join(parentPath, name);
          return { key: relative(root, file).split(sep).join('/'), bytes: (await stat(file)).size };
        }),
      );
      return objects.filter(({ key }) => key.startsWith(prefix)).sort((a, b) => (a.key < b.key ? -1 : 1));
    },

    /** On the disk before it has its name, so that a power cut leaves either all of it or nothing. */
    async write(key, content) {
      const file = pathOf(key);
      const partial = `${file}${PARTIAL}-${randomBytes(4).toString('hex')}`;
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      try {
        await pipeline(content, createWriteStream(partial, { mode: 0o600 }));
        await flush(partial);
        await rename(partial, file);
        await flush(dirname(file));
      } catch (error) {
        await rm(partial, { force: true });
        await rmdir(dirname(file)).catch(() => undefined);
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        throw new Failure(`${root} is full. Make room, or keep fewer backups; those that are there are untouched.`);
      }
    },

    async read(key) {
      const file = pathOf(key);
      if (!existsSync(file)) throw new Failure(`${root} has no ${key}.`);
      return createReadStream(file, { highWaterMark: CHUNK });
    },

    async remove(key) {
      await rm(pathOf(key), { force: true });
      await rmdir(dirname(pathOf(key))).catch(() => undefined);
    },
  };
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
