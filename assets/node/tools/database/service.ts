import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { driver } from '../../src/platform/migrations/driver.js';
import { Failure } from '../../src/platform/migrations/failure.js';

/** Where things lie in a service. Tools live two folders below its root. */
export const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/[\\/]$/, '');
export const dataFolder = join(root, '.data');
export const schemaFolder = join(root, 'prisma', 'schema');
export const migrationsFolder = join(root, 'prisma', 'migrations');

export interface SchemaFile {
  readonly path: string;
  readonly content: string;
}

export function readSchema(): SchemaFile[] {
  const files = schemaFiles(schemaFolder).map((path) => ({ path, content: readFileSync(path, 'utf8') }));
  if (files.length === 0) throw new Failure(`There is no *.prisma file in ${relative(root, schemaFolder)}.`);
  for (const { path, content } of files) refuseOtherProvider(relative(root, path), content);
  return files;
}

/** The engine does not survive the contradiction. */
function refuseOtherProvider(path: string, content: string): void {
  const provider = /^datasource\s+\w+\s*\{[^}]*?\bprovider\s*=\s*"(\w+)"/m.exec(content)?.[1];
  if (provider === undefined || provider.replace(/^postgres$/, 'postgresql') === driver.provider) return;
  throw new Failure(
    `${path} says provider = "${provider}", but this service was made for ${driver.provider}. Make them agree.`,
  );
}

/** Every Prisma file below a folder, or the one file that a path names. */
export function schemaFiles(path: string): string[] {
  if (!statSync(path, { throwIfNoEntry: false })) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.prisma'))
    .sort()
    .map((name) => join(path, name));
}
