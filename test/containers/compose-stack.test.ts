import { javascript, Project } from 'projen';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  BackingService,
  BackupSource,
  ComposeStack,
  ConfigType,
  ConfigVariable,
  ContainerImage,
  Cron,
  Database,
  DatabaseBackup,
  FastifyServer,
  LocalContainers,
  PointInTimeRecovery,
  PrismaMigrations,
  Service,
  ServiceProcess,
} from '../../src';
import { PLAIN } from '../support/host';
import { inFolder, synth } from '../support/synth';

// biome-ignore lint/suspicious/noExplicitAny: what compose files hold is theirs to know
type Entry = Record<string, any>;

/** A service with a web process and PostgreSQL, and what a test adds to it. */
function stackOf(more: (service: Service, project: javascript.NodeProject) => void = () => undefined) {
  const files = synth((outdir) => {
    const project = new javascript.NodeProject({ ...PLAIN, outdir });
    new ComposeStack(project);
    new FastifyServer(project);
    new PrismaMigrations(project);
    more(Service.of(project), project);
    return project;
  });
  const compose: Entry = parse(files['compose.yaml']!);
  return { files, compose, services: compose['services'] as Record<string, Entry> };
}

const redis = (service: Service, options: object = {}) => {
  service.state(BackingService.redis(options));
  service.state(new ConfigVariable('REDIS_URL', { secret: true, description: 'Where the cache is' }));
};

describe('every container', () => {
  const { services } = stackOf((service) => {
    redis(service);
    service.state(ServiceProcess.worker('mailer', { command: ['node', 'dist/mailer.js'], description: 'Sends mail' }));
    service.state(
      ServiceProcess.scheduledJob('cleanup', {
        schedule: Cron.daily(),
        command: ['node', 'dist/cleanup.js'],
        description: 'Tidies',
      }),
    );
  });

  it('is there: processes and backing services', () => {
    expect(Object.keys(services)).toEqual(['cleanup', 'mailer', 'migrate', 'web', 'postgresql', 'redis']);
  });

  it.each(Object.entries(services))('%s may do nothing that it was not given', (_, entry) => {
    expect(entry).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      user: expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/),
      tmpfs: expect.arrayContaining([expect.stringMatching(/^\/tmp/)]),
    });
  });

  it.each(Object.entries(services))('%s has a health check, or ends by itself', (_, entry) => {
    expect(entry['healthcheck'].test?.[0] ?? entry['healthcheck'].disable).toBeOneOf(['CMD', true]);
  });
});

describe('a process', () => {
  it('waits for jobs to end and for what it needs to be healthy', () => {
    const { services } = stackOf((service) => redis(service, { required: false }));
    // Migrations have nothing to do with anything but their database.
    expect(services['migrate']!['depends_on']).toEqual({ postgresql: { condition: 'service_healthy' } });
    expect(services['web']!['depends_on']).toEqual({
      migrate: { condition: 'service_completed_successfully' },
      postgresql: { condition: 'service_healthy' },
      redis: { condition: 'service_started' },
    });
  });

  it('meets containers that may run beside it, and is led to them by the shell alone', () => {
    const { services, compose } = stackOf((service) => {
      service.state(new ConfigVariable('SMTP_URL', { optional: true, description: 'Where mail goes' }));
      service.state(
        new LocalContainers('mail', {
          description: 'Shows mail',
          files: ['tools/mail/compose.yaml'],
          network: 'mail',
          variables: ['SMTP_URL', 'UNDECLARED'],
        }),
      );
    });
    expect(compose['include']).toEqual([{ path: ['tools/mail/compose.yaml'] }]);
    expect(services['web']).toMatchObject({ environment: { SMTP_URL: null } });
    expect(services['web']!['environment']).not.toHaveProperty('UNDECLARED');
    expect(services['web']!['networks']).toContain('mail');
    expect(services['migrate']!['networks']).toEqual(['postgresql']);
  });

  it('gets secrets as files and the values of dev as variables', () => {
    const { services, compose } = stackOf();
    expect(services['web']!['environment']).toEqual({
      APP_ENV: 'dev',
      API_DOCS: 'true',
      DATABASE_URL_FILE: '/run/secrets/DATABASE_URL',
      HOST: '0.0.0.0',
      SHUTDOWN_DELAY: '0s',
    });
    expect(services['web']!['secrets']).toEqual(['DATABASE_URL']);
    expect(compose['secrets']).toEqual({
      DATABASE_URL: { file: './.compose/secrets/DATABASE_URL' },
      'postgresql-password': { file: './.compose/secrets/postgresql-password' },
    });
  });

  it('publishes both ports of what answers requests, on loopback only', () => {
    const { services } = stackOf((service) =>
      service.state(
        ServiceProcess.worker('mailer', { command: ['node', 'dist/mailer.js'], description: 'Sends mail' }),
      ),
    );
    expect(services['web']!['ports']).toEqual([
      '127.0.0.1:${PORT:-3000}:3000',
      '127.0.0.1:${MANAGEMENT_PORT:-9464}:9464',
    ]);
    expect(Object.keys(services).filter((name) => services[name]!['ports'] !== undefined)).toEqual(['web']);
  });

  it('shares a network with what it talks to, and only with that', () => {
    const { services, compose } = stackOf((service) => {
      redis(service, { usedBy: ['mailer'] });
      service.state(
        ServiceProcess.worker('mailer', { command: ['node', 'dist/mailer.js'], description: 'Mails', uses: ['redis'] }),
      );
      service.state(
        ServiceProcess.worker('idler', { command: ['node', 'dist/idler.js'], description: 'Idles', uses: [] }),
      );
    });
    expect(services['web']!['networks']).toEqual(['front', 'postgresql']);
    expect(services['mailer']!['networks']).toEqual(['redis']);
    expect(services['idler']!['network_mode']).toBe('none');
    expect(compose['networks']).toEqual({ front: {}, postgresql: { internal: true }, redis: { internal: true } });
  });

  it('may leave the machine where it talks to what has no container', () => {
    const { services, compose } = stackOf((service) => {
      service.state(BackingService.http({ name: 'billing', usedBy: ['web'] }));
      service.state(new ConfigVariable('BILLING_URL', { description: 'Where billing is', type: ConfigType.url() }));
    });
    expect(services['web']!['networks']).toContain('outside');
    expect(services['migrate']!['networks']).not.toContain('outside');
    expect(compose['networks']['outside']).toEqual({});
    expect(services['billing']).toBeUndefined();
  });

  it('runs on schedule in production; here it is run by hand', () => {
    const { services } = stackOf((service) =>
      service.state(
        ServiceProcess.scheduledJob('cleanup', {
          schedule: Cron.daily(),
          command: ['node', 'dist/cleanup.js'],
          description: 'Tidies',
        }),
      ),
    );
    expect(services['cleanup']!['profiles']).toEqual(['jobs']);
    expect(services['cleanup']!['restart']).toBeUndefined();
  });
});

describe('a backing service', () => {
  it.each(['postgresql', 'redis'])('%s is pinned by digest and keeps its data', (name) => {
    const { services, compose } = stackOf((service) => redis(service));
    expect(services[name]!['image']).toMatch(/@sha256:[0-9a-f]{64}$/);
    expect(services[name]!['volumes'][0]).toMatch(`${name}-data:/`);
    expect(compose['volumes']).toHaveProperty(`${name}-data`);
  });

  it('is not there when no URL leads to it: a read replica is no second, empty database', () => {
    const files = synth((outdir) => {
      const project = new javascript.NodeProject({ ...PLAIN, outdir });
      new PrismaMigrations(project, { readReplica: true });
      new ComposeStack(project);
      return project;
    });
    const { services } = parse(files['compose.yaml']!);
    expect(Object.keys(services)).toEqual(['migrate', 'postgresql']);
    expect(services.migrate.networks).toEqual(['postgresql']);
  });

  it('that only scheduled jobs use runs when they do, with a database of its own name', () => {
    const { services, files } = stackOf((service) => {
      service.state(BackingService.postgresql({ name: 'drill-database', urlVariable: 'DRILL_URL', usedBy: ['drill'] }));
      service.state(new ConfigVariable('DRILL_URL', { secret: true, description: 'Where drills restore to' }));
      service.state(
        ServiceProcess.scheduledJob('drill', {
          schedule: Cron.daily(),
          command: ['node', 'x.js'],
          description: 'Drills',
        }),
      );
    });
    expect(services['drill-database']).toMatchObject({
      profiles: ['jobs'],
      environment: { POSTGRES_DB: 'orders_drill' },
    });
    expect(services['postgresql']).not.toHaveProperty('profiles');
    expect(JSON.parse(files['tools/container/secrets.json']!).texts['DRILL_URL']).toMatch(/\/orders_drill$/);
  });

  it('is not guessed where two could be meant', () => {
    const { files } = stackOf((service) => {
      service.state(BackingService.postgresql({ name: 'ledger' }));
      const type = ConfigType.url({ schemes: ['postgresql'] });
      for (const name of ['LEDGER_URL', 'REPORTS_URL']) {
        service.state(new ConfigVariable(name, { type, secret: true, description: 'Where rows are' }));
      }
    });
    const { texts, asked } = JSON.parse(files['tools/container/secrets.json']!);
    expect(texts['LEDGER_URL']).toContain('@ledger:5432/');
    expect(texts).not.toHaveProperty('REPORTS_URL');
    expect(asked).toHaveProperty('REPORTS_URL');
  });

  it('that is MySQL gets its password as a file too', () => {
    const files = synth((outdir) => {
      const project = new javascript.NodeProject({ ...PLAIN, name: 'order-book', outdir });
      new PrismaMigrations(project, { database: Database.MYSQL });
      new ComposeStack(project);
      return project;
    });
    expect(parse(files['compose.yaml']!).services.mysql.environment).toEqual({
      MYSQL_DATABASE: 'order_book',
      MYSQL_PASSWORD_FILE: '/run/secrets/mysql-password',
      MYSQL_RANDOM_ROOT_PASSWORD: 'yes',
      MYSQL_USER: 'order_book',
    });
    expect(JSON.parse(files['tools/container/secrets.json']!).texts.DATABASE_URL).toBe(
      'mysql://order_book:{mysql-password}@mysql:3306/order_book',
    );
  });

  it('that is SQLite is a file in a volume', () => {
    const files = synth((outdir) => {
      const project = new javascript.NodeProject({ ...PLAIN, outdir });
      new PrismaMigrations(project, { database: Database.SQLITE });
      new ComposeStack(project);
      return project;
    });
    const { services, volumes } = parse(files['compose.yaml']!);
    expect(Object.keys(services)).toEqual(['migrate']);
    expect(services.migrate.volumes).toEqual(['data:/data']);
    expect(volumes).toEqual({ data: {} });
    expect(JSON.parse(files['tools/container/secrets.json']!).texts).toEqual({ DATABASE_URL: 'file:/data/orders.db' });
  });
});

describe('backups', () => {
  it('are kept in a volume that the processes of backups share, and no other has', () => {
    const { services, compose, files } = stackOf((_, project) => {
      new DatabaseBackup(project, { pointInTime: PointInTimeRecovery.archive() });
    });
    const having = Object.keys(services).filter((name) => services[name]!['volumes']?.includes('backups:/backups'));
    expect(having).toEqual(['backup', 'backup-archive', 'base-backup', 'restore-drill']);
    for (const name of having) {
      expect(services[name]!['environment']).toHaveProperty('BACKUP_STORE_URL', 'file:///backups/main');
      expect(services[name]!['networks']).not.toContain('outside');
    }
    expect(compose['volumes']).toHaveProperty('backups');
    expect(files['tools/container/secrets.json']).not.toContain('BACKUP_REPLICATION_URL');
  });

  it('of a file are neither kept in that file nor restored over it', () => {
    const files = synth((outdir) => {
      const project = new javascript.NodeProject({ ...PLAIN, outdir });
      new PrismaMigrations(project, { database: Database.SQLITE });
      new DatabaseBackup(project, { source: BackupSource.SQLITE });
      new ComposeStack(project);
      return project;
    });
    const { services } = parse(files['compose.yaml']!);
    expect(services.backup.environment.BACKUP_STORE_URL).toBe('file:///backups/main');
    expect(JSON.parse(files['tools/container/secrets.json']!).texts.BACKUP_DRILL_DATABASE_URL).toBe(
      'file:/backups/orders-drill.db',
    );
  });
});

describe('the secrets', () => {
  const secretsOf = (more: (service: Service) => void) =>
    JSON.parse(stackOf(more).files['tools/container/secrets.json']!);

  it('of no container are asked for, and what dev does without is left alone', () => {
    const { asked } = secretsOf((service) => {
      service.state(new ConfigVariable('API_KEY', { secret: true, description: 'Opens doors' }));
      service.state(new ConfigVariable('PROD_KEY', { secret: true, description: 'Opens gates', requiredIn: ['prod'] }));
    });
    expect(asked).toEqual({ API_KEY: 'Opens doors' });
  });

  it('of another variable that leads to the database lead there too', () => {
    const { texts } = secretsOf((service) =>
      service.state(
        new ConfigVariable('REPORTS_URL', {
          secret: true,
          description: 'Where reports are read from',
          type: ConfigType.url({ schemes: ['postgresql'] }),
        }),
      ),
    );
    expect(texts.REPORTS_URL).toBe(texts.DATABASE_URL);
  });

  it('are never in a file that Git has', () => {
    const { files } = stackOf();
    expect(files['.gitignore']).toContain('/.compose/');
    expect(files['compose.yaml']).not.toMatch(/PASSWORD: |:\/\/[^/]*:[^/]*@/);
  });
});

describe('compose:up', () => {
  it('builds the image first, whichever was added first', () => {
    const { tasks } = JSON.parse(synthWith(['image', 'stack'])['.projen/tasks.json']!);
    expect(tasks['compose:up'].steps).toEqual([
      { spawn: 'image:build' },
      { execArgs: ['tsx', 'tools/container/cli.ts', 'up'], receiveArgs: true },
    ]);
    expect(JSON.parse(synthWith(['stack', 'image'])['.projen/tasks.json']!).tasks['compose:up']).toEqual(
      tasks['compose:up'],
    );
  });
});

it('can be changed by projen’s escape hatches', () => {
  const { services } = stackOf((_, project) =>
    project.tryFindObjectFile('compose.yaml')?.addOverride('services.web.mem_limit', '1g'),
  );
  expect(services['web']!['mem_limit']).toBe('1g');
});

describe('on a project in another language', () => {
  const files = synth((outdir) => {
    const project = new Project({ name: 'orders', outdir });
    new ComposeStack(project, { image: 'registry.example.com/orders:1' });
    Service.of(project).state(ServiceProcess.web('web', { command: ['serve'], description: 'Answers' }));
    for (const name of ['PORT', 'MANAGEMENT_PORT']) {
      Service.of(project).state(
        new ConfigVariable(name, { type: ConfigType.integer(), defaultValue: 8000, description: 'A port' }),
      );
    }
    return project;
  });

  it('runs the image that is named, whose own health check counts', () => {
    const { web } = parse(files['compose.yaml']!).services;
    expect(web).toMatchObject({ image: 'registry.example.com/orders:1', command: ['serve'] });
    expect(web).not.toHaveProperty('pull_policy');
    expect(web).not.toHaveProperty('healthcheck');
    expect(web.ports).toEqual(['127.0.0.1:${PORT:-8000}:8000']);
  });

  it('asks the engine itself', () => {
    expect(JSON.parse(files['.projen/tasks.json']!).tasks['compose:up'].steps).toEqual([
      { execArgs: ['docker', 'compose', 'up', '--detach', '--wait', '--remove-orphans'], receiveArgs: true },
    ]);
  });
});

describe('what cannot be on one machine', () => {
  it.each([
    [
      'a process named like a backing service',
      (service: Service) =>
        service.state(ServiceProcess.worker('postgresql', { command: ['node', 'x.js'], description: 'Works' })),
      'has the name of a process',
    ],
    [
      'two processes on one port',
      (service: Service) =>
        service.state(ServiceProcess.web('admin', { command: ['node', 'x.js'], description: 'Answers' })),
      'publishes the same port of this machine as admin',
    ],
  ])('%s is reported', (_, state, message) => {
    const problems = inFolder((outdir) => {
      const project = new javascript.NodeProject({ ...PLAIN, outdir });
      new ComposeStack(project);
      new FastifyServer(project);
      new PrismaMigrations(project);
      state(Service.of(project));
      return Service.of(project).problems();
    });
    expect(problems.map(({ message }) => message)).toContainEqual(expect.stringContaining(message));
  });
});

function synthWith(order: ReadonlyArray<'image' | 'stack'>) {
  return synth((outdir) => {
    const project = new javascript.NodeProject({ ...PLAIN, outdir });
    for (const part of order) {
      part === 'stack' ? new ComposeStack(project) : new ContainerImage(project);
    }
    return project;
  });
}

it('reports options that cannot be, all at once', () => {
  const options: object = { image: 'Orders dev', compiledFolder: 7, images: 'orders' };
  const problems = inFolder((outdir) => {
    const project = new Project({ name: 'orders', outdir });
    new ComposeStack(project, options);
    return Service.of(project).problems();
  });
  expect(problems.map(({ place, message }) => `${place}: ${message}`)).toEqual([
    'compose.compiledFolder: is no text',
    'compose.image: is no name of an image',
    'compose.images: is no option',
  ]);
});
