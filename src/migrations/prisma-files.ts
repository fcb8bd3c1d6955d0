import { Database } from './database';

/** Where Prisma writes the typed client; not committed. */
export const CLIENT_FOLDER = 'src/generated/prisma';

/**
 * The part of the schema that is not the user's: which database, and where the client goes.
 */
export function renderDatasource(database: Database): string {
  return `datasource db {
  provider = "${database}"
}

generator client {
  provider               = "prisma-client"
  output                 = "../../${CLIENT_FOLDER}"
  runtime                = "nodejs"
  moduleFormat           = "esm"
  generatedFileExtension = "ts"
  importFileExtension    = "js"
}`;
}

/**
 * What Prisma's own tools read when somebody runs them by hand.
 */
export function renderPrismaConfig(database: Database): string {
  const journal = database === Database.POSTGRESQL ? 'public._migration_journal' : '_migration_journal';
  return `import { defineConfig } from 'prisma/config';

const shadowDatabaseUrl = process.env['SHADOW_DATABASE_URL'];

// The tasks "db:…" set DATABASE_URL; Prisma's own commands run as "npx projen db:prisma <command>".
export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations', seed: 'tsx prisma/seed.ts' },
  datasource: { url: process.env['DATABASE_URL'] ?? '', ...(shadowDatabaseUrl ? { shadowDatabaseUrl } : {}) },
  // Holds the way back of applied migrations; it is no part of the models.
  experimental: { externalTables: true },
  tables: { external: ['${journal}'] },
});`;
}
