import { Component, type Project, type Task } from 'projen';
import { OwnedJson, OwnedText, type Owner } from '../files';
import { NodeRuntime } from '../runtime/node';
import { Service, Waiver } from '../service';
import { ConnectionBudget } from './connections';
import { Database } from './database';
import { databaseFacts } from './facts';
import { migrationsGuide } from './guide';
import { databaseMetrics } from './metrics';
import type { PrismaMigrationsOptions } from './migrations-options';
import { databaseOptionProblems } from './option-problems';
import { CLIENT_FOLDER, renderDatasource, renderPrismaConfig } from './prisma-files';
import { renderRoles } from './roles';
import { MigrationRule } from './rules';
import { migrationRunbooks } from './runbooks';
import { SchemaEngine } from './schema-engine';

/**
 * A database with a typed client and versioned schema changes, by Prisma.
 *
 * The models below `prisma/schema/` are yours. `db:new` writes a migration from them together with its way back;
 * `db:migrate` applies what is pending, by a small runner that needs neither Prisma's CLI nor its engine. It states the
 * backing service, `DATABASE_URL`, the one-off process `migrate`, a readiness check, a check and a guide.
 *
 * @example
 * new PrismaMigrations(project, { database: Database.SQLITE });
 */
export class PrismaMigrations extends Component {
  /**
   * The migrations of a project, if it has them.
   *
   * @param project any projen project
   */
  public static of(project: Project): PrismaMigrations | undefined {
    return project.components.find((component): component is PrismaMigrations => component instanceof PrismaMigrations);
  }

  /** The database. */
  public readonly database: Database;

  constructor(project: Project, options: PrismaMigrationsOptions = {}) {
    super(project, 'PrismaMigrations');
    this.database = options.database ?? Database.POSTGRESQL;
    const service = Service.of(project);
    for (const fact of [
      ...databaseFacts(this.database, options),
      ...databaseMetrics(this.database),
      migrationsGuide(this.database, options),
      ...migrationRunbooks(),
    ]) {
      service.state(fact);
    }
    const limit = options.connectionLimit ?? CONNECTION_LIMITS[this.database];
    if (limit !== undefined) {
      service.addValidation(new ConnectionBudget(limit));
    }
    const engine = options.schemaEngine ?? (this.database === Database.MYSQL ? SchemaEngine.NATIVE : SchemaEngine.WASM);
    for (const problem of databaseOptionProblems(this.database, { ...options, schemaEngine: engine })) {
      service.report(problem);
    }
    this.writeFiles(engine, options.pgbouncer ?? false);
    this.installCode(options.readReplica ?? false);
    this.addTasks();
  }

  /**
   * Excepts a migration from a rule of `db:check`. The guide shows the reason.
   *
   * @param migration the migration's folder, such as `20261104120000_drop_legacy_orders`
   * @param rule the rule it breaks
   * @param reason why that is right here
   */
  public waive(migration: string, rule: MigrationRule, reason: string): void {
    Service.of(this.project).state(new Waiver(rule, { subject: migration, reason }));
  }

  private writeFiles(engine: SchemaEngine, pgbouncer: boolean): void {
    const { database, project } = this;
    new OwnedText(project, 'prisma/schema/datasource.prisma', { owner: OWNER, text: () => renderDatasource(database) });
    new OwnedText(project, 'prisma.config.ts', { owner: OWNER, text: () => renderPrismaConfig(database) });
    const roles = renderRoles(database, Service.of(project).serviceName, pgbouncer);
    if (roles !== undefined) {
      new OwnedText(project, 'prisma/roles.sql', { owner: OWNER, text: () => roles });
    }
    new OwnedJson(project, 'prisma/tools.json', {
      owner: { component: 'PrismaMigrations', change: 'the option schemaEngine and service.migrations.waive(…)' },
      obj: () => ({ schemaEngine: engine, waivers: waiversOf(Service.of(project)) }),
    });
    project.addGitIgnore('/.data/');
  }

  private installCode(readReplica: boolean): void {
    const runtime = NodeRuntime.of(this.project);
    runtime.installConfig();
    runtime.installPlatform('database', this.database);
    runtime.installPlatform('migrations', this.database);
    runtime.installTools('database', this.database);
    runtime.addBuildFiles('prisma', 'prisma.config.ts');
    runtime.addShippedFolder('prisma/migrations');
    // Twenty query compilers, of which the generated client loads the two files for its database.
    runtime.addFilesLoadedByName('@prisma/client/runtime/query_compiler_');
    if (this.database === Database.SQLITE) {
      runtime.addDataFolder('/data');
    }
    runtime.bind({ exportName: 'database', from: './database/module.js' });
    if (readReplica) {
      runtime.installPlatform('database-replica', this.database);
      runtime.bind({ exportName: 'databaseReplica', from: './database-replica/module.js' });
    }
    runtime.addTestSetup('./tools/database/test-setup.ts');
    runtime.runDevThrough('tsx', 'tools/database/with-database.ts', '--');
  }

  private addTasks(): void {
    const generate = this.verb('generate', 'Writes the typed database client from the models');
    NodeRuntime.of(this.project).addGenerator(generate, CLIENT_FOLDER);
    this.verb('new', 'Writes a migration from the models, with its way back: db:new <name>');
    NodeRuntime.of(this.project).prepareDev(this.verb('migrate', 'Applies the migrations that are pending'));
    this.verb('rollback', 'Undoes the newest migrations: db:rollback [n] [--dry-run] [--accept-data-loss]');
    this.verb('status', 'Says which migrations are applied and which are pending');
    this.verb('baseline', 'Adopts a database that has the schema and no migrations');
    this.verb('backfill-down', 'Writes and rehearses the ways back that are missing');
    this.verb('lint', 'Checks the files of the migrations alone, without a database');
    this.verb('check', 'Proves that the migrations agree with the models and can be undone');
    this.verb('head', 'Seals the migrations after a change by hand, such as one renamed to come after another');
    // Seeds run the service's own code, which imports the client.
    this.verb('seed', 'Loads development data: db:seed [dev|test]').prependSpawn(generate);
    this.verb('reset', 'Starts over with an empty, migrated database');
    // Without a desktop, opening a browser would end the task.
    this.prisma('db:studio', 'Shows the database on a page whose address it prints', 'studio', '--browser', 'none');
    this.prisma('db:prisma', "Runs a command of Prisma's own CLI: db:prisma <command>");
  }

  private prisma(name: string, description: string, ...command: string[]): void {
    const task = this.project.addTask(name, { description, receiveArgs: true });
    task.execArgs(['tsx', 'tools/database/with-database.ts', '--', 'prisma', ...command], { receiveArgs: true });
  }

  private verb(name: string, description: string): Task {
    const task = this.project.addTask(`db:${name}`, { description, receiveArgs: true });
    // As a list of arguments no shell reads them: `db:new "x; rm -rf ."` is a bad name and nothing worse.
    task.execArgs(['tsx', 'tools/database/cli.ts', name], { receiveArgs: true });
    return task;
  }
}

/** The defaults of the servers themselves. */
const CONNECTION_LIMITS: Partial<Record<Database, number>> = { [Database.POSTGRESQL]: 100, [Database.MYSQL]: 151 };

function waiversOf(service: Service): object[] {
  const rules: string[] = Object.values(MigrationRule);
  return service.waivers
    .filter(({ rule }) => rules.includes(rule))
    .map(({ subject, rule, reason }) => ({ migration: subject, rule, reason }));
}

const OWNER: Owner = { component: 'PrismaMigrations', change: 'the option database' };
