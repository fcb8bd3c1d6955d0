import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileOf } from '../../src/platform/sqlite-url/file.js';
import type { Provider } from './provider-interface.js';
import { dataFolder } from './service.js';
import { describeSchema } from './sqlite/describe.js';

const SUFFIXES = ['', '-wal', '-shm', '-journal'];

/** A database is a file, and its copy a copy. */
export const provider: Provider = {
  holdDevelopmentDatabase: async () => {
    mkdirSync(dataFolder, { recursive: true });
    return { url: `file:${join(dataFolder, 'dev.db')}`, release: async () => undefined };
  },
  beside,
  create: async (url, name) => beside(url, name),
  clone: async (template, name) => {
    const url = beside(template, name);
    copyFileSync(fileOf(template), fileOf(url));
    return url;
  },
  names: async (url) =>
    readdirSync(dirname(fileOf(url)))
      .filter((name) => name.endsWith('.db'))
      .map((name) => name.slice(0, -'.db'.length)),
  drop: async (url) => remove(url),
  empty: async (url) => remove(url),
  describe: async (url) => describeSchema(fileOf(url)),
};

function beside(url: string, name: string): string {
  return `file:${join(dirname(fileOf(url)), `${name}.db`)}`;
}

function remove(url: string): void {
  for (const suffix of SUFFIXES) rmSync(`${fileOf(url)}${suffix}`, { force: true });
}
