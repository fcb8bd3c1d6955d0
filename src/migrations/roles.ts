import { Database } from './database';

/**
 * SQL for an administrator: an owner who changes the schema, and an application that reads and writes rows.
 *
 * @param service the name of the service; roles are named after it
 * @param pgbouncer whether the application cannot set its own limits when it connects
 */
export function renderRoles(database: Database, service: string, pgbouncer: boolean): string | undefined {
  const name = service.replaceAll('-', '_');
  switch (database) {
    case Database.POSTGRESQL:
      return postgresql(`${name}_owner`, `${name}_app`) + (pgbouncer ? limitsOf(`${name}_app`) : '');
    case Database.MYSQL:
      return mysql(`${name}_owner`, `${name}_app`);
    default:
      return undefined;
  }
}

function postgresql(owner: string, app: string): string {
  return `-- Two roles, so that a hole in the service is not a hole in the schema. Run it once for each database, as an administrator:
--   psql --set=owner_password=… --set=app_password=… --file=prisma/roles.sql "$ADMIN_DATABASE_URL"
-- MIGRATION_DATABASE_URL gets ${owner}; DATABASE_URL gets ${app}.

CREATE ROLE ${owner} LOGIN PASSWORD :'owner_password';
CREATE ROLE ${app} LOGIN PASSWORD :'app_password';

-- Everybody may create tables in "public" on servers that were first set up before PostgreSQL 15.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO ${owner};
GRANT USAGE ON SCHEMA public TO ${app};

-- What is there, for a service that adopts the two roles.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${app};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${app};

-- What migrations bring from now on.
ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${app};
ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO ${app};`;
}

function limitsOf(app: string): string {
  return `

-- Through PgBouncer the service cannot ask for these when it connects.
ALTER ROLE ${app} SET statement_timeout = '15s';
ALTER ROLE ${app} SET idle_in_transaction_session_timeout = '15s';`;
}

function mysql(owner: string, app: string): string {
  return `-- Two roles, so that a hole in the service is not a hole in the schema. Run it once for each database, as an administrator:
--   mysql --database=<the database> < prisma/roles.sql
-- Grant ${owner} to the user of MIGRATION_DATABASE_URL and ${app} to the user of DATABASE_URL, each as its default role.

CREATE ROLE ${owner};
CREATE ROLE ${app};

SET @privileges = CONCAT('GRANT ALL PRIVILEGES ON \`', DATABASE(), '\`.* TO ${owner}');
PREPARE statement FROM @privileges;
EXECUTE statement;

SET @privileges = CONCAT('GRANT SELECT, INSERT, UPDATE, DELETE ON \`', DATABASE(), '\`.* TO ${app}');
PREPARE statement FROM @privileges;
EXECUTE statement;
DEALLOCATE PREPARE statement;`;
}
