import { describe, expect, test } from 'vitest';
import {
  Alert,
  AlertSeverity,
  BackingService,
  Check,
  CheckStage,
  ConfigState,
  ConfigType,
  Duration,
  Environment,
  EnvironmentTier,
  Guide,
  GuideKind,
  LivenessProbe,
  Metric,
  MetricSource,
  NetworkPeer,
  Objective,
  Panel,
  ReadinessCheck,
  ReadinessProbe,
  Replicas,
  SecretReference,
  ServiceProcess,
  StartupProbe,
  Waiver,
} from '../../src/service';
import { ports, problemsOf, serviceOf, variable, web } from './support';

const NAMED = (max: number) =>
  `is named by lower-case letters, digits and dashes, ${max} at most, from a letter to a letter or digit`;
const text = { render: () => 'Read the log.' };
const command = ['run'];
const description = 'What it does';

describe('a service', () => {
  test.each(['orders', 'o', 'orders-2', 'a'.repeat(40)])('may be named %s', (name) => {
    expect(problemsOf([], { name })).toEqual([]);
  });

  test.each(['', 'Orders', '2orders', 'orders-', '-orders', 'my orders', 'orders_api', 'a'.repeat(41), 'ürders'])(
    'cannot be named "%s"',
    (name) => {
      expect(problemsOf([], { name })).toEqual([
        expect.stringMatching(/^name: a service is named by lower-case letters/),
      ]);
    },
  );

  test('runs somewhere', () => {
    expect(problemsOf([], { environments: [] })).toEqual([
      'environments: the service runs nowhere => state at least one environment',
    ]);
  });
});

describe('an environment', () => {
  test('is one of dev, staging and prod by default, from development to users', () => {
    expect(serviceOf().environments.map(({ name }) => name)).toEqual(['dev', 'staging', 'prod']);
    const more = [new Environment('canary', { tier: EnvironmentTier.PRODUCTION }), new Environment('qa')];
    expect(serviceOf(more).environments.map(({ name }) => name)).toEqual(['dev', 'qa', 'staging', 'canary', 'prod']);
    expect(problemsOf(more)).toEqual([]);
  });

  test('is never "test"', () => {
    expect(problemsOf([new Environment('test')])).toEqual([
      'environment test (stated by .projenrc.ts): "test" is what APP_ENV says while tests run, not a place to deploy to => name the environment otherwise, such as "qa"',
    ]);
  });

  test.each(['Prod', 'prod-', 'a b', '../x', 'a'.repeat(32)])('cannot be named "%s"', (name) => {
    expect(problemsOf([new Environment(name)])).toEqual([expect.stringContaining(NAMED(31))]);
  });
});

describe('a config variable', () => {
  test.each(['A', 'PORT', 'STRIPE_API_KEY', 'S3_BUCKET2'])('may be named %s', (name) => {
    expect(problemsOf([variable(name)])).toEqual([]);
  });

  test.each(['port', 'Port', '1PORT', 'A__B', '_A', 'A_', 'A-B', 'A B', ''])('cannot be named "%s"', (name) => {
    expect(problemsOf([variable(name)])).toEqual([
      expect.stringContaining('a config variable is named by upper-case words joined by single underscores'),
    ]);
  });

  test('cannot take the names that the platform gives a meaning', () => {
    expect(problemsOf([variable('APP_ENV'), variable('KEY_FILE')])).toEqual([
      expect.stringContaining('APP_ENV names the environment itself => choose another name'),
      expect.stringContaining('NAME_FILE is how a mounted file is given for NAME => choose another name'),
    ]);
    expect(variable('KEY').fileVariable).toBe('KEY_FILE');
  });

  test('are reported when they have a member of another type, or lack one: nothing checks the types of .projenrc.ts', () => {
    const wrong = (member: object) => member as never;
    expect(
      problemsOf([
        variable('A', wrong({ type: 'integer' })),
        variable('B', wrong({ description: undefined })),
        ServiceProcess.worker('mailer', wrong({ command: 'node dist/mailer.js', description })),
      ]),
    ).toEqual([
      expect.stringMatching(/^config variable A .*: has a member of the wrong type: .* => .*projen typecheck/),
      expect.stringContaining('has no description'),
      expect.stringMatching(/^process mailer .*: has a member of the wrong type: /),
    ]);
  });

  test('is described on one line, so that a comment is never more than a comment', () => {
    expect(problemsOf([variable('A', { description: ' ' }), variable('B', { description: 'x\nC=1' })])).toEqual([
      expect.stringContaining('has an empty description'),
      expect.stringContaining('has a description of several lines'),
    ]);
    expect(problemsOf([variable('A', { providedBy: { dev: 'x\ny' } })])).toEqual([
      expect.stringContaining('has a provider in dev of several lines'),
    ]);
  });

  test('takes values of its type only, by default and by environment', () => {
    const type = ConfigType.integer({ min: 1 });
    expect(problemsOf([variable('A', { type, defaultValue: 1, values: { prod: 2, test: 3 } })])).toEqual([]);
    expect(serviceOf([variable('A', { type, defaultValue: 0, values: { prod: '2' } })]).problems()).toEqual([
      {
        place: 'config variable A (stated by .projenrc.ts), default',
        message: 'must be at least 1',
        value: 0,
        fix: 'give a valid integer',
      },
      {
        place: 'config variable A (stated by .projenrc.ts), prod',
        message: 'must be a whole number',
        value: '2',
        fix: 'give a valid integer',
      },
    ]);
  });

  test('says when no value can be of its type, and does not fall over it', () => {
    const type = ConfigType.string({ pattern: '(' });
    expect(problemsOf([variable('A', { type, defaultValue: 'x' })])).toEqual([
      'config variable A (stated by .projenrc.ts): has a pattern that is no regular expression: ( => correct the constraints of its type',
    ]);
  });

  test('names environments the service has', () => {
    expect(
      problemsOf([variable('A', { requiredIn: ['qa'], values: { prd: 'x' }, providedBy: { local: 'the shell' } })]),
    ).toEqual(
      ['local', 'prd', 'qa'].map(() =>
        expect.stringContaining('=> use one of dev, staging, prod, test, or state the environment'),
      ),
    );
    expect(problemsOf([variable('A', { requiredIn: ['qa'] }), new Environment('qa')])).toEqual([]);
  });

  test('is optional or required, not both', () => {
    expect(problemsOf([variable('A', { optional: true, requiredIn: ['prod'] })])).toEqual([
      'config variable A (stated by .projenrc.ts): is optional and required at once => drop either optional or requiredIn',
    ]);
  });

  test('rotates when it is secret, and with a pause', () => {
    expect(problemsOf([variable('A', { secret: true, rotateEvery: Duration.days(90) })])).toEqual([]);
    expect(problemsOf([variable('A', { rotateEvery: Duration.days(90) })])).toEqual([
      expect.stringContaining('only secrets rotate'),
    ]);
    expect(problemsOf([variable('A', { secret: true, rotateEvery: Duration.days(0) })])).toEqual([
      expect.stringContaining('rotates without a pause'),
    ]);
  });

  test('keeps a secret value out of every message', () => {
    const canary = 'sk_live_c4n4ry';
    const service = serviceOf([
      variable('A', { secret: true, defaultValue: canary }),
      variable('B', { secret: true, values: { prod: canary } }),
      variable('C', { secret: true, type: ConfigType.integer(), defaultValue: canary }),
      variable('D', { secret: true, defaultValue: canary }),
      variable('D', { secret: true, values: { dev: canary } }),
      variable('E', { secret: true }),
      variable('E', { type: ConfigType.url(), defaultValue: canary }),
    ]);
    expect(service.problems().length).toBeGreaterThan(4);
    expect(() => service.check()).toThrow('a secret has a value in .projenrc.ts, which would be committed');
    expect(() => service.check()).not.toThrow(canary);
    expect(JSON.stringify(service.problems())).not.toContain(canary);
  });

  test('stands in each environment in one of five ways', () => {
    const facts = {
      set: variable('SET', { values: { prod: 'x' }, defaultValue: 'y' }),
      defaulted: variable('DEFAULTED', { defaultValue: false, type: ConfigType.boolean() }),
      provided: variable('PROVIDED', { providedBy: { prod: 'the platform' } }),
      secret: variable('SECRET', { secret: true }),
      elsewhere: variable('ELSEWHERE', { secret: true, requiredIn: ['staging'] }),
      optional: variable('OPTIONAL', { optional: true }),
      missing: variable('MISSING'),
    };
    const service = serviceOf(Object.values(facts));
    expect(
      Object.fromEntries(Object.entries(facts).map(([key, fact]) => [key, service.configState(fact, 'prod')])),
    ).toEqual({
      set: ConfigState.SET,
      defaulted: ConfigState.DEFAULTED,
      provided: ConfigState.REFERENCED,
      secret: ConfigState.REFERENCED,
      elsewhere: ConfigState.ABSENT,
      optional: ConfigState.ABSENT,
      missing: ConfigState.MISSING,
    });
    expect(service.problems()).toEqual([]);
    expect(facts.set.valueIn('prod')).toBe('x');
    expect(facts.set.valueIn('dev')).toBe('y');
    expect(service.tryFindConfigVariable('SET')).toBe(facts.set);
    expect(service.tryFindConfigVariable('NONE')).toBeUndefined();
  });
});

describe('a backing service', () => {
  test('has the usual name, port and variable of its kind', () => {
    const facts = [BackingService.postgresql(), BackingService.mysql(), BackingService.redis({ port: undefined })];
    expect(facts.map(({ name, port, urlVariable, required }) => [name, port, urlVariable, required])).toEqual([
      ['postgresql', 5432, 'POSTGRESQL_URL', true],
      ['mysql', 3306, 'MYSQL_URL', true],
      ['redis', 6379, 'REDIS_URL', true],
    ]);
    expect(BackingService.http({ name: 'credit-check' }).urlVariable).toBe('CREDIT_CHECK_URL');
    expect(problemsOf([...facts, ...facts.map(({ urlVariable }) => variable(urlVariable))])).toEqual([]);
  });

  test('says where it is by a config variable', () => {
    expect(problemsOf([BackingService.redis()])).toEqual([
      'backing service redis (stated by .projenrc.ts): no config variable says where it is => state the config variable REDIS_URL, or name another one as urlVariable',
    ]);
    expect(problemsOf([BackingService.redis({ urlVariable: 'CACHE' }), variable('CACHE')])).toEqual([]);
  });

  test.each([0, 65_536, 1.5, -1, undefined])('does not listen on port %s', (port) => {
    expect(problemsOf([BackingService.tcp({ name: 'smtp', port, urlVariable: 'U' }), variable('U')])).toEqual([
      expect.stringContaining('a port is from 1 to 65535'),
    ]);
  });

  test('is behind one of its own kind, which is behind none', () => {
    const options = { urlVariable: 'U' };
    const pooler = BackingService.postgresql(options);
    const server = BackingService.postgresql({ ...options, name: 'server', behind: 'postgresql' });
    expect(problemsOf([pooler, server, variable('U')])).toEqual([]);
    expect(
      problemsOf([
        pooler,
        server,
        BackingService.postgresql({ ...options, name: 'third', behind: 'server' }),
        BackingService.mysql({ ...options, behind: 'postgresql' }),
        BackingService.redis({ ...options, behind: 'proxy' }),
        variable('U'),
      ]),
    ).toMatchInlineSnapshot(`
      [
        "backing service mysql (stated by .projenrc.ts): is mysql, and what stands before it is postgresql => name the backing service of the same kind that the other processes connect to",
        "backing service redis (stated by .projenrc.ts): there is no such backing service => use one of mysql, postgresql, redis, server, third, or state the backing service proxy",
        "backing service third (stated by .projenrc.ts): is behind backing service server (stated by .projenrc.ts), which is behind something itself => name the backing service of the same kind that the other processes connect to",
      ]
    `);
  });

  test('is named like everything that becomes a host', () => {
    expect(problemsOf([BackingService.redis({ name: 'My_Cache', urlVariable: 'U' }), variable('U')])).toEqual([
      expect.stringContaining(NAMED(41)),
    ]);
  });

  test('implies an edge from every process that uses it, and from no other', () => {
    const url = variable('URL');
    const service = serviceOf([
      url,
      ...ports(),
      web(),
      ServiceProcess.job('migrate', { command, description, uses: ['postgresql'] }),
      ServiceProcess.job('idle', { command, description, uses: [] }),
      BackingService.postgresql({ urlVariable: 'URL' }),
      BackingService.http({ name: 'store', urlVariable: 'URL', usedBy: ['backup'] }),
      ServiceProcess.job('backup', { command, description }),
    ]);
    expect(service.problems()).toEqual([]);
    expect(service.networkEdges.map(({ process, backingService, port }) => [process, backingService, port])).toEqual([
      ['backup', 'postgresql', 5432],
      ['backup', 'store', 443],
      ['migrate', 'postgresql', 5432],
      ['web', 'postgresql', 5432],
    ]);
  });

  test.each([
    NetworkPeer.inCluster({ podLabels: { app: 'redis' } }),
    NetworkPeer.cidr('10.20.0.0/24'),
    NetworkPeer.cidr('2001:db8::/128'),
    NetworkPeer.anywhere('it publishes no address ranges'),
  ])('may be at %j', (peer) => {
    expect(problemsOf([BackingService.redis({ peer, urlVariable: 'URL' }), variable('URL')])).toEqual([]);
  });

  test.each([
    { peer: NetworkPeer.inCluster({ podLabels: {} }), message: 'is in the cluster without labels that select it' },
    { peer: NetworkPeer.anywhere(' '), message: 'is anywhere without a reason' },
    ...['10.20.0.0', '10.20.0.0/33', '10.20.0/8', '0.0.0.0/0', '::1/129', 'redis', '10.0.0.0/8/8', '10.0.0.0/08'].map(
      (block) => ({
        peer: NetworkPeer.cidr(block),
        message: `is at ${block}, which is no block such as 10.20.0.0/24`,
      }),
    ),
  ])('cannot be where it $message', ({ peer, message }) => {
    expect(problemsOf([BackingService.redis({ peer, urlVariable: 'URL' }), variable('URL')])).toEqual([
      `backing service redis (stated by .projenrc.ts): ${message} => correct its peer`,
    ]);
  });

  test('and a process agree on who uses it', () => {
    const facts = [
      variable('URL'),
      BackingService.http({ name: 'store', urlVariable: 'URL', usedBy: ['backup', 'nobody'] }),
      ServiceProcess.job('backup', { command, description }),
      ServiceProcess.job('other', { command, description, uses: ['store'] }),
    ];
    expect(problemsOf(facts)).toEqual([
      'backing service store (stated by .projenrc.ts): there is no such process => use one of backup, other, or state the process nobody',
      'process other (stated by .projenrc.ts): uses backing service store (stated by .projenrc.ts), which only backup, nobody may use => drop it from uses, or add other to usedBy',
    ]);
  });
});

describe('a process', () => {
  test('has what its kind needs and nothing else', () => {
    const worker = ServiceProcess.worker('mailer', { command, description });
    const job = ServiceProcess.job('migrate', { command, description });
    expect([web().portVariable, web().managementPortVariable, web().deadline]).toEqual([
      'PORT',
      'MANAGEMENT_PORT',
      undefined,
    ]);
    expect([worker.portVariable, worker.isLongRunning, worker.readinessProbe?.path]).toEqual([
      undefined,
      true,
      '/readyz',
    ]);
    expect([job.isLongRunning, job.livenessProbe, `${job.deadline}`, `${job.terminationGrace}`]).toEqual([
      false,
      undefined,
      '10m',
      '30s',
    ]);
    expect(problemsOf([web(), worker, job, ...ports()])).toEqual([]);
  });

  test('refers to facts that somebody states', () => {
    const facts = [web({ uses: ['redis'], ownVariables: ['KEY'] })];
    expect(problemsOf(facts)).toEqual([
      'process web (stated by .projenrc.ts): there is no such backing service => state the backing service redis',
      'process web (stated by .projenrc.ts): there is no such config variable => state the config variable KEY',
      'process web (stated by .projenrc.ts): there is no such config variable => state the config variable MANAGEMENT_PORT',
      'process web (stated by .projenrc.ts): there is no such config variable => state the config variable PORT',
    ]);
  });

  test.each([[[]], [['run', '']]])('cannot run %j', (words) => {
    expect(problemsOf([ServiceProcess.job('x', { command: words, description })])).toEqual([
      expect.stringContaining('has an empty command, or an empty word in it'),
    ]);
  });

  test('has a name, a description and time to run', () => {
    expect(problemsOf([ServiceProcess.job('X', { command, description: '', deadline: Duration.seconds(0) })])).toEqual([
      expect.stringContaining('has an empty description'),
      expect.stringContaining('has no time to run'),
      expect.stringContaining(NAMED(31)),
    ]);
  });

  test('keeps its own variables from the others', () => {
    const migrate = ServiceProcess.job('migrate', { command, description, ownVariables: ['OWNER_URL'] });
    const service = serviceOf([migrate, web(), ...ports(), variable('OWNER_URL', { secret: true })]);
    const names = (process: ServiceProcess) => service.variablesOf(process).map(({ name }) => name);
    expect(names(migrate)).toEqual(['MANAGEMENT_PORT', 'OWNER_URL', 'PORT']);
    expect(names(web())).toEqual(['MANAGEMENT_PORT', 'PORT']);
  });

  test('gets no more secrets than it says it reads, and every plain variable', () => {
    const secrets = [variable('DATABASE_URL', { secret: true }), variable('STRIPE_API_KEY', { secret: true })];
    const drill = ServiceProcess.job('drill', { command, description, sharedSecrets: [] });
    const backup = ServiceProcess.job('backup', { command, description, sharedSecrets: ['DATABASE_URL'] });
    const service = serviceOf([drill, backup, web(), ...ports(), ...secrets]);
    const names = (process: ServiceProcess) => service.variablesOf(process).map(({ name }) => name);
    expect(names(drill)).toEqual(['MANAGEMENT_PORT', 'PORT']);
    expect(names(backup)).toEqual(['DATABASE_URL', 'MANAGEMENT_PORT', 'PORT']);
    expect(names(web())).toEqual(['DATABASE_URL', 'MANAGEMENT_PORT', 'PORT', 'STRIPE_API_KEY']);
    expect(service.problems()).toEqual([]);
  });

  test('shares only secrets that there are and that nobody keeps to himself', () => {
    const sharedSecrets = ['DATABASE_URI', 'OWNER_URL', 'PORT'];
    const migrate = ServiceProcess.job('migrate', { command, description, ownVariables: ['OWNER_URL'] });
    const facts = [variable('OWNER_URL', { secret: true }), variable('DATABASE_URL', { secret: true })];
    expect(problemsOf([web({ sharedSecrets }), migrate, ...ports(), ...facts])).toMatchInlineSnapshot(`
      [
        "process web (stated by .projenrc.ts): shares config variable OWNER_URL (stated by .projenrc.ts), which migrate keeps to itself => name it in ownVariables",
        "process web (stated by .projenrc.ts): shares config variable PORT (stated by .projenrc.ts), which is no secret: every process gets it => drop it from sharedSecrets",
        "process web (stated by .projenrc.ts): there is no such config variable => use one of DATABASE_URL, MANAGEMENT_PORT, OWNER_URL, PORT, or state the config variable DATABASE_URI",
      ]
    `);
  });
});

describe('a probe', () => {
  test('works with its defaults, and with undefined in place of them', () => {
    const timing = { period: undefined, timeout: undefined, failureThreshold: undefined };
    for (const probe of [LivenessProbe, ReadinessProbe, StartupProbe]) {
      expect(new probe().flaw()).toBeUndefined();
      expect(new probe(timing)).toEqual(new probe());
    }
    expect(`${new ReadinessProbe(timing).period}`).toBe('5s');
  });

  test('waits no longer than until it asks again, and fails some time', () => {
    const startupProbe = new StartupProbe({ timeout: Duration.seconds(2) });
    const livenessProbe = new LivenessProbe({ failureThreshold: 0 });
    const readinessProbe = new ReadinessProbe({ timeout: Duration.seconds(0) });
    expect(problemsOf([web({ startupProbe, livenessProbe, readinessProbe }), ...ports()])).toMatchInlineSnapshot(`
      [
        "process web (stated by .projenrc.ts), probe /livez: fails after 0 failures; it must be a whole number above zero => correct its timing",
        "process web (stated by .projenrc.ts), probe /readyz: waits 0s for an answer every 5s; it must wait, and no longer than until it asks again => correct its timing",
        "process web (stated by .projenrc.ts), probe /startupz: waits 2s for an answer every 1s; it must wait, and no longer than until it asks again => correct its timing",
      ]
    `);
  });

  test('of liveness has no way to name a dependency', () => {
    expect(Object.keys(new LivenessProbe()).sort()).toEqual(['failureThreshold', 'path', 'period', 'timeout']);
  });
});

describe('a readiness check', () => {
  const redis = (required: boolean) => BackingService.redis({ required, urlVariable: 'URL' });
  const url = variable('URL');

  test('agrees with the backing service it asks', () => {
    expect(
      problemsOf([
        url,
        redis(false),
        new ReadinessCheck('cache', { description, backingService: 'redis', required: false }),
      ]),
    ).toEqual([]);
    expect(
      problemsOf([url, redis(false), new ReadinessCheck('cache', { description, backingService: 'redis' })]),
    ).toEqual([
      'readiness check cache (stated by .projenrc.ts): is required, but backing service redis (stated by .projenrc.ts) is optional => say the same of both',
    ]);
    expect(problemsOf([new ReadinessCheck('cache', { description, backingService: 'redis' })])).toEqual([
      'readiness check cache (stated by .projenrc.ts): there is no such backing service => state the backing service redis',
    ]);
  });

  test('answers before the probe gives up', () => {
    const timeout = Duration.seconds(3);
    expect(problemsOf([new ReadinessCheck('disk', { description, timeout })])).toEqual([]);
    expect(problemsOf([new ReadinessCheck('disk', { description, timeout }), web(), ...ports()])).toEqual([
      'readiness check disk (stated by .projenrc.ts): takes as long as the readiness probe of process web waits (3s), so the probe would never see its answer => shorten the check, or give the probe a longer timeout',
    ]);
    expect(problemsOf([new ReadinessCheck('disk', { description, timeout: Duration.seconds(0) })])).toEqual([
      expect.stringContaining('has no time to answer'),
    ]);
  });

  test('has a name and a description', () => {
    expect(problemsOf([new ReadinessCheck('The Disk', { description: '' })])).toEqual([
      expect.stringContaining('has an empty description'),
      expect.stringContaining(NAMED(40)),
    ]);
  });
});

describe('a metric', () => {
  const help = 'What is measured';
  const twenty = Array.from({ length: 20 }, (_, i) => `value-${i}`);

  test('is named as Prometheus asks', () => {
    const facts = [
      Metric.counter('orders_placed_total', { help, labels: ['channel', 'area'] }),
      Metric.counter('sent_bytes_total', { help, unit: 'bytes' }),
      Metric.gauge('pool_connections', { help }),
      Metric.histogram('request_duration_seconds', { help, unit: 'seconds', buckets: [0.1, 1] }),
    ];
    expect(problemsOf(facts)).toEqual([]);
    expect(facts[0]?.labels).toEqual(['area', 'channel']);
    expect(facts[3]?.seriesNames).toEqual([
      'request_duration_seconds_bucket',
      'request_duration_seconds_count',
      'request_duration_seconds_sum',
    ]);
    expect(facts[0]?.seriesNames).toEqual(['orders_placed_total']);
  });

  test.each([
    [Metric.counter('Orders_total', { help }), 'a metric is named by lower-case words joined by underscores'],
    [Metric.counter('orders__total', { help }), 'a metric is named by lower-case words joined by underscores'],
    [Metric.counter('orders', { help }), 'counters end in _total, and nothing else does'],
    [Metric.gauge('orders_total', { help }), 'counters end in _total, and nothing else does'],
    [Metric.gauge('lag', { help, unit: 'seconds' }), 'has the unit seconds, which its name does not carry'],
    [Metric.gauge('lag', { help: '' }), 'has an empty help text'],
    [Metric.gauge('lag', { help: 'a\nb' }), 'has a help text of several lines'],
    [Metric.gauge('lag', { help, labels: ['User-Id'] }), 'has a label that Prometheus cannot take'],
    [Metric.gauge('lag', { help, labels: ['__name'] }), 'has a label that Prometheus cannot take'],
    [Metric.gauge('lag', { help, labels: ['le'] }), 'has a label that Prometheus sets itself'],
    [Metric.gauge('lag', { help, labels: ['a', 'a'] }), 'repeats a label'],
    [Metric.gauge('lag', { help, labelValues: { a: ['x'] } }), 'has values for a label that it does not have'],
    [Metric.gauge('lag', { help, labels: ['a'], labelValues: { a: [] } }), 'has impossible values of the label a'],
    [
      Metric.gauge('lag', { help, labels: ['a'], labelValues: { a: ['x', 'x'] } }),
      'has impossible values of the label',
    ],
    [
      Metric.gauge('lag', {
        help,
        labels: ['a', 'b'],
        labelValues: { a: ['1', '2'], b: ['1', '2'] },
        labelSetLimit: 3,
      }),
      'has 4 sets of label values, and a process keeps 3 apart',
    ],
    [
      Metric.histogram('lag', {
        help,
        labels: ['a', 'b'],
        labelValues: { a: twenty, b: twenty },
        buckets: [1, 2, 3],
      }),
      'begins with 2400 series at zero; 2000 are left to one metric',
    ],
    [Metric.histogram('lag', { help, buckets: [] }), 'has buckets that do not ascend'],
    [Metric.histogram('lag', { help, buckets: [1, 1] }), 'has buckets that do not ascend'],
    [Metric.histogram('lag', { help, buckets: [1, Number.NaN] }), 'has buckets that do not ascend'],
  ])('$name can go wrong: %s', (metric, message) => {
    expect(problemsOf([metric])).toEqual([expect.stringContaining(message)]);
  });

  test('begins with nothing where the values of a label are open, or where it is a gauge', () => {
    const sets = { help, labels: ['a', 'b'], labelValues: { a: twenty, b: twenty } };
    expect(
      problemsOf([
        Metric.histogram('lag', { ...sets, labels: ['a', 'b', 'c'], buckets: [1, 2, 3] }),
        Metric.gauge('depth', sets),
        Metric.counter('orders_placed_total', sets),
      ]),
    ).toEqual([]);
  });

  test('may have a label that sounds endless when its values are named', () => {
    expect(
      problemsOf([Metric.gauge('lag', { help, labels: ['token'], labelValues: { token: ['old', 'new'] } })]),
    ).toEqual([]);
  });

  test('that others emit is named by them', () => {
    const source = MetricSource.EXTERNAL;
    expect(
      problemsOf([
        Metric.gauge('up', { help, source }),
        Metric.gauge('ALERTS', { help, source, labels: ['alertname', 'alertState'] }),
        Metric.gauge('job:slo:ratio', { help, source }),
        Metric.counter('requests', { help, source, unit: 'seconds' }),
        Metric.gauge('go_gc_duration_seconds', { help, source, labels: ['quantile'] }),
      ]),
    ).toEqual([]);
  });

  test('shares no series with another', () => {
    const own = { help, source: MetricSource.PLATFORM };
    expect(problemsOf([Metric.histogram('lag', { help, buckets: [1] }), Metric.gauge('lag_count', own)])).toEqual([
      'metric lag (stated by .projenrc.ts): is exposed as the same series as metric lag_count (stated by .projenrc.ts) => rename one of the two',
      'metric lag_count (stated by .projenrc.ts): is exposed as the same series as metric lag (stated by .projenrc.ts) => rename one of the two',
    ]);
  });
});

describe('an objective', () => {
  const base = [web(), ...ports()];

  test.each([
    { target: 99.9 },
    { target: 0.1, route: 'GET /' },
    { target: 99, route: 'POST /orders/:id', latency: Duration.millis(300) },
    { target: 99, route: 'GET /orders/{id}', window: Duration.days(7) },
  ])('may be %j', (props) => {
    expect(problemsOf([...base, new Objective('checkout', { description, ...props })])).toEqual([]);
  });

  test.each([
    [{ target: 100 }, 'a target is a percentage above 0 and below 100'],
    [{ target: 0 }, 'a target is a percentage above 0 and below 100'],
    [{ target: Number.NaN }, 'a target is a percentage above 0 and below 100'],
    [{ target: 99, route: '/orders' }, 'a route is a method and a path template'],
    [{ target: 99, route: 'get /orders' }, 'a route is a method and a path template'],
    [{ target: 99, route: 'GET orders' }, 'a route is a method and a path template'],
    [{ target: 99, latency: Duration.millis(0) }, 'no answer takes no time'],
    [{ target: 99, window: Duration.hours(23) }, 'has a window too short to spend a budget in'],
    [{ target: 99, description: '' }, 'has an empty description'],
  ])('cannot be %j', (props, message) => {
    expect(problemsOf([...base, new Objective('checkout', { description, ...props })])).toEqual([
      expect.stringContaining(message),
    ]);
  });

  test('needs a process that answers requests, and a name', () => {
    expect(problemsOf([new Objective('Check Out', { description, target: 99 })])).toEqual([
      expect.stringContaining(NAMED(40)),
      expect.stringContaining('promises something about requests, but no process answers any => state a web process'),
    ]);
  });

  test('has a budget without binary dust', () => {
    expect(new Objective('x', { description, target: 99.9 }).errorBudget).toBe(0.001);
    expect(`${new Objective('x', { description, target: 99 }).window}`).toBe('30d');
  });
});

describe('an alert', () => {
  const alert = (name: string, more = {}) =>
    new Alert(name, {
      summary: 'No mail leaves',
      expression: 'x == 0',
      severity: AlertSeverity.TICKET,
      runbook: 'mail',
      ...more,
    });
  const runbook = (kind?: GuideKind) => new Guide('mail', { title: 'Mail', summary: 'What to do', kind, text });

  test('has a runbook that exists', () => {
    expect(problemsOf([alert('QueueStuck'), runbook(GuideKind.RUNBOOK)])).toEqual([]);
    const missing = [expect.stringContaining('names a runbook that nobody states')];
    expect(problemsOf([alert('QueueStuck')])).toEqual(missing);
    expect(problemsOf([alert('QueueStuck'), runbook()])).toEqual(missing);
  });

  test.each([
    [alert('queue_stuck'), 'an alert is named in PascalCase'],
    [alert('X', { summary: '' }), 'has an empty summary'],
    [alert('X', { description: 'a\nb' }), 'has a description of several lines'],
    [alert('X', { expression: ' ' }), 'has no expression, so it would never fire'],
  ])('can go wrong', (wrong, message) => {
    expect(problemsOf([wrong, runbook(GuideKind.RUNBOOK)])).toEqual([expect.stringContaining(message)]);
  });
});

describe('a panel', () => {
  test('draws something, somewhere', () => {
    const panel = new Panel('Orders', { row: 'Business', queries: { all: 'sum(x)' } });
    expect(problemsOf([panel])).toEqual([]);
    expect(panel.dashboard).toBe('Overview');
  });

  test.each([
    [new Panel('Orders', { row: 'Business', queries: {} }), 'draws nothing'],
    [new Panel('Orders', { row: 'Business', queries: { all: '' } }), 'draws nothing'],
    [new Panel('', { row: 'Business', queries: { all: 'x' } }), 'has an empty title'],
    [new Panel('Orders', { row: '', queries: { all: 'x' } }), 'has an empty row'],
    [new Panel('Orders', { row: 'x', dashboard: '', queries: { all: 'x' } }), 'has an empty dashboard'],
  ])('can go wrong', (panel, message) => {
    expect(problemsOf([panel])).toEqual([expect.stringContaining(message)]);
  });
});

describe('a check', () => {
  const check = (name: string, more = {}) => new Check(name, { task: 'lint', description, ...more });

  test('holds up pull requests and releases, unless told otherwise', () => {
    expect(check('lint').stages).toEqual([CheckStage.PULL_REQUEST, CheckStage.RELEASE]);
    expect(check('lint', { stages: [CheckStage.RELEASE, CheckStage.COMMIT] }).stages).toEqual([
      CheckStage.COMMIT,
      CheckStage.RELEASE,
    ]);
    expect(problemsOf([check('lint', { task: 'db:check' })])).toEqual([]);
  });

  test.each([
    [check('Lint'), NAMED(63)],
    [check('lint', { task: 'lint; rm -rf /' }), 'names a task that cannot be one'],
    [check('lint', { task: '' }), 'names a task that cannot be one'],
    [check('lint', { stages: [] }), 'holds up nothing'],
    [check('lint', { description: 'x\nrm -rf /' }), 'has a description of several lines'],
  ])('can go wrong', (wrong, message) => {
    expect(problemsOf([wrong])).toEqual([expect.stringContaining(message)]);
  });
});

describe('a guide', () => {
  test('has a name that makes a file, a title and a summary', () => {
    expect(problemsOf([new Guide('queue-stuck', { title: 'T', summary: 'S', text })])).toEqual([]);
    expect(problemsOf([new Guide('../x', { title: '', summary: 'a\nb', text })])).toEqual([
      expect.stringContaining('has a summary of several lines'),
      expect.stringContaining('has an empty title'),
      expect.stringContaining(NAMED(100)),
    ]);
  });
});

describe('replicas', () => {
  const base = [web(), ...ports(), ServiceProcess.job('migrate', { command, description })];

  test('are found by process and environment', () => {
    const replicas = new Replicas('web', { environment: 'prod', min: 2, max: 6 });
    const service = serviceOf([...base, replicas]);
    expect(service.problems()).toEqual([]);
    expect(service.tryFindReplicas('web', 'prod')).toBe(replicas);
    expect(service.tryFindReplicas('web', 'dev')).toBeUndefined();
    expect(new Replicas('web', { environment: 'prod', min: 3 }).max).toBe(3);
  });

  test('times the pool size say how many connections are opened at most', () => {
    const service = serviceOf([
      ...base,
      ServiceProcess.worker('mailer', { command, description }),
      variable('POOL', { type: ConfigType.integer(), defaultValue: 10, values: { prod: 20 } }),
      new Replicas('web', { environment: 'prod', min: 2, max: 6 }),
      new Replicas('mailer', { environment: 'prod' }),
    ]);
    const pool = service.tryFindConfigVariable('POOL')?.valueIn('prod');
    expect(service.replicas.reduce((sum, { max }) => sum + max * pool, 0)).toBe(140);
  });

  test.each([
    [{ environment: 'qa' }, 'there is no such environment'],
    [{ environment: 'prod', min: 3, max: 2 }, 'replicas are whole numbers'],
    [{ environment: 'prod', min: 0, max: 0 }, 'replicas are whole numbers'],
    [{ environment: 'prod', min: 1.5 }, 'replicas are whole numbers'],
  ])('cannot be %j', (props, message) => {
    expect(problemsOf([...base, new Replicas('web', props)])).toEqual([expect.stringContaining(message)]);
  });

  test('are had by long-running processes only', () => {
    expect(problemsOf([...base, new Replicas('migrate', { environment: 'prod' })])).toEqual([
      'replicas migrate in prod (stated by .projenrc.ts): there is no such long-running process => use one of web, or state the long-running process migrate',
    ]);
  });
});

describe('a secret reference', () => {
  const key = variable('KEY', { secret: true });
  const reference = (more = {}) =>
    new SecretReference('KEY', { environment: 'prod', store: 'aws', key: 'orders/key', ...more });

  test('says where a secret is kept', () => {
    const service = serviceOf([key, reference()]);
    expect(service.problems()).toEqual([]);
    expect(service.secretReferences).toEqual([reference()]);
  });

  test.each([
    [[key, reference({ environment: 'qa' })], 'there is no such environment'],
    [[key, reference({ key: '' })], 'has an empty key'],
    [[reference()], 'there is no such secret config variable'],
    [[variable('KEY'), reference()], 'there is no such secret config variable'],
  ])('can go wrong', (facts, message) => {
    expect(problemsOf(facts)).toEqual([expect.stringContaining(message)]);
  });
});

describe('a waiver', () => {
  test('is found by rule and subject, and has a reason', () => {
    const waiver = new Waiver('reversible', { subject: '20261104_drop', reason: 'exported in October' });
    const service = serviceOf([waiver]);
    expect(service.problems()).toEqual([]);
    expect(service.waivers).toEqual([waiver]);
    expect(service.tryFindWaiver('reversible', '20261104_drop')?.reason).toBe('exported in October');
    expect(service.tryFindWaiver('reversible', 'another')).toBeUndefined();
    expect(problemsOf([new Waiver('reversible', { subject: 'x', reason: ' ' })])).toEqual([
      'waiver reversible for x (stated by .projenrc.ts): has an empty reason => write the reason in a few words',
    ]);
  });
});
