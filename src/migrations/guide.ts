import { Guide, type Service } from '../service';
import { Database } from './database';
import type { MigrationsOptions } from './migrations-options';
import { MigrationRule } from './rules';

const NAMES: Record<string, string> = {
  [Database.POSTGRESQL]: 'PostgreSQL',
  [Database.MYSQL]: 'MySQL or MariaDB',
  [Database.SQLITE]: 'SQLite',
};

/**
 * The page about the database.
 */
export function migrationsGuide(database: Database, options: MigrationsOptions): Guide {
  return new Guide('database', {
    title: 'Database',
    summary: 'Models, migrations and their way back, seeds, and the database on your machine',
    statedBy: 'PrismaMigrations',
    text: {
      render: (service) =>
        [
          INTRODUCTION(NAMES[database]!),
          LOCAL[database]!,
          REST,
          ...roles(database),
          ...pooler(database, options),
          ...replica(database, options),
          ...exceptions(service),
          TROUBLE,
        ].join('\n\n'),
    },
  });
}

const INTRODUCTION = (
  name: string,
) => `The service keeps its data in ${name}, through a client that Prisma types from the models in \`prisma/schema/\`.

## Change the schema

1. Edit the models in \`prisma/schema/\`.
2. \`npx projen db:new add_coupons\` writes \`prisma/migrations/<time>_add_coupons/\` with \`migration.sql\` and its way back, \`down.sql\`. Read both.
3. \`npx projen db:migrate\` applies what is pending, \`npx projen db:rollback\` undoes the newest (\`--accept-data-loss\` where rows go with it), and
   \`npx projen db:status\` says where the database is.
4. \`npx projen db:check\` proves that the migrations lead to the models and that the way back works. Pull requests run it.

Two branches that each add a migration conflict in \`prisma/migrations/HEAD\`, in Git and not in production: keep both folders, rename yours
to come after the other one, and run \`npx projen db:head\`.

## On your machine`;

const LOCAL: Record<string, string> = {
  [Database.POSTGRESQL]: `An embedded PostgreSQL from the npm registry starts when a task needs it and stops by itself; its data is in \`.data/\`. Set \`DATABASE_URL\` to use
another server. Each test file gets a database of its own, cloned from a migrated one.`,
  [Database.MYSQL]: `Set \`DATABASE_URL\` to a server you run, such as \`mysql://root@127.0.0.1:3306/dev\`. Each test file gets a database of its own. Prisma's engine for
MySQL is a binary that npm does not carry: where its host cannot be reached, \`db:new\` and the drift check say so, and everything else works.`,
  [Database.SQLITE]: `The database is a file below \`.data/\`. Set \`DATABASE_URL\` to use another one. Each test file gets a copy of a migrated file.`,
};

function roles(database: Database): string[] {
  return database === Database.SQLITE
    ? []
    : [
        `\`prisma/roles.sql\` makes two roles: an owner for the process \`migrate\` (\`MIGRATION_DATABASE_URL\`, a direct connection), and one for the service
(\`DATABASE_URL\`) that can read and write rows and cannot change the schema.`,
      ];
}

function pooler(database: Database, { pgbouncer = false }: MigrationsOptions): string[] {
  return pgbouncer && database === Database.POSTGRESQL
    ? [
        `## PgBouncer

Deployed processes reach PostgreSQL through PgBouncer in transaction mode, and \`DATABASE_PGBOUNCER\` is \`true\` there. The process \`migrate\` takes a lock, which a pooler
cannot hold: \`MIGRATION_DATABASE_URL\` must lead to PostgreSQL itself, and \`migrate\` refuses to run without it; network policies
know it as \`migration-database\`. A statement is cut off by the role
(\`ALTER ROLE … SET statement_timeout\`, at the end of \`prisma/roles.sql\`): keep that below \`DATABASE_STATEMENT_TIMEOUT\`, or equal to it. Nothing that outlives a
transaction works: \`SET\`, \`LISTEN\`, advisory locks of a session, temporary tables.`,
      ]
    : [];
}

function replica(database: Database, { readReplica = false }: MigrationsOptions): string[] {
  return readReplica && database !== Database.SQLITE
    ? [
        `## The copy that is only read

\`app.replica\` is a client for \`DATABASE_REPLICA_URL\`; where that is not set, for the database itself, with a second pool. Ask it for lists and reports that may be a
moment old, and never for what the same request has just written:

\`\`\`ts
app.get('/report', async () => app.replica.order.count()); // may be a moment old
\`\`\`

The service is ready without it: its check, \`replica\`, is reported and does not count. Its pool and statements are measured with \`role="replica"\`. How far it is behind is known
to the server: alert there.`,
      ]
    : [];
}

function exceptions(service: Service): string[] {
  const rules: string[] = Object.values(MigrationRule);
  const rows = service.waivers
    .filter(({ rule }) => rules.includes(rule))
    .map(({ subject, rule, reason }) => `| \`${subject}\` | ${rule} | ${reason} |`);
  return rows.length === 0
    ? []
    : [`## Exceptions\n\n| migration | rule | reason |\n| --- | --- | --- |\n${rows.join('\n')}`];
}

const REST = `\`npx projen db:seed\` loads \`prisma/seed.ts\`, \`npx projen db:reset\` starts over; both are refused outside dev and test.
\`npx projen db:studio\` looks inside.

## In production

The one-off process \`migrate\` applies pending migrations before the new version starts. It needs no Prisma CLI and no engine; its bookkeeping is Prisma's own
table, so \`prisma migrate status\` reads it too. Several at once apply each migration once. Other processes leave the schema alone, unless \`MIGRATE_ON_START\` is \`true\`.

The service is ready when every migration that came with its version is applied: \`prisma/migrations\` is shipped with it. A database that is ahead is fine.
When the database is away, readiness turns 503 and requests fail fast with a problem document; both recover by themselves.`;

const TROUBLE = `## Trouble

- *"a migration was edited after it was applied"*: restore the file from Git, and write a new migration for the change.
- *"DATABASE_URL is not set"*: in production it comes from the platform, as a variable or as a file named by \`DATABASE_URL_FILE\`.
- *Requests answer 503 while the database is up*: the pool is used up; look for long transactions before raising \`DATABASE_POOL_SIZE\`.`;
