import { Project } from 'projen';
import { describe, expect, test } from 'vitest';
import {
  Alert,
  AlertSeverity,
  BackingService,
  Check,
  ConfigVariable,
  Duration,
  Environment,
  EnvironmentTier,
  type Fact,
  Guide,
  GuideKind,
  type IDerivation,
  Metric,
  Objective,
  Panel,
  ReadinessCheck,
  Replicas,
  SecretReference,
  Service,
  ServiceListener,
  ServiceProcess,
  Waiver,
} from '../../src/service';
import { inFolder } from '../support/synth';
import { Ear, permutations, ports, problemsOf, serviceOf, variable, web } from './support';

const project = (name = 'orders') => new Project({ name, outdir: '/nonexistent/orders' });
const text = { render: () => 'Read the log.' };

describe('the service of a project', () => {
  test('is made once, and named after the project without its scope', () => {
    const host = project('@acme/orders');
    expect(Service.tryFind(host)).toBeUndefined();
    const service = Service.of(host);
    expect(Service.of(host)).toBe(service);
    expect(service.serviceName).toBe('orders');
    expect(service.problems()).toEqual([]);
  });

  test('cannot be made after a component has asked for it', () => {
    const host = project();
    Service.of(host);
    expect(() => new Service(host, { name: 'other' })).toThrowErrorMatchingInlineSnapshot(
      `[Error: project "orders" has a service already: make it with "new Service(project, {…})" before any component that asks for it]`,
    );
  });

  test('says who answers for it and what it is for', () => {
    const service = serviceOf([], { owner: 'team checkout', description: 'Takes orders' });
    expect([service.owner, service.description]).toEqual(['team checkout', 'Takes orders']);
  });
});

test('what is no fact is reported, with everything else', () => {
  inFolder((outdir) => {
    const project = new Project({ name: 'orders', outdir });
    const service = new Service(project, { environments: ['dev' as unknown as Environment, new Environment('prod')] });
    expect(service.problems()).toEqual([
      expect.objectContaining({ place: 'service.state', message: 'was given something that is no fact', value: 'dev' }),
    ]);
  });
});

test('a variable may have a value for dev in a service that is deployed elsewhere only', () => {
  inFolder((outdir) => {
    const service = new Service(new Project({ name: 'orders', outdir }), { environments: [new Environment('prod')] });
    service.state(
      new ConfigVariable('HOST', {
        defaultValue: '0.0.0.0',
        values: { dev: '127.0.0.1' },
        description: 'Where to listen',
      }),
    );
    expect(service.problems()).toEqual([]);
  });
});

describe('a fact stated twice', () => {
  const port = (statedBy: string, more = {}) => variable('PORT', { defaultValue: '1', statedBy, ...more });

  test('is fine when both say the same, whoever says it and in whatever order its members are', () => {
    const values = { prod: 'a', dev: 'b' };
    const facts = [
      port('Web', { values: { dev: 'b', prod: 'a' }, rotateEvery: undefined }),
      port('Metrics', { values }),
      port('Metrics', { values }),
    ];
    const seen = permutations(facts).map((order) => {
      const service = serviceOf(order);
      expect(service.problems()).toEqual([]);
      return JSON.stringify(service.configVariables);
    });
    expect(new Set(seen).size).toBe(1);
    expect(problemsOf([web(), web(), ...ports()])).toEqual([]);
  });

  test('is a contradiction that names all speakers and what they disagree on, but no value', () => {
    const facts = [port('Web'), port('Metrics', { defaultValue: 'hidden' }), port('Web', { secret: true })];
    const reports = permutations(facts).map((order) => problemsOf(order));
    expect(new Set(reports.map((report) => JSON.stringify(report))).size).toBe(1);
    expect(reports[0]).toMatchInlineSnapshot(`
      [
        "config variable PORT: is stated more than once and differently, by Metrics and by Web: they disagree on defaultValue, rotateEvery, rotation, secret => state it once, or rename one of them",
        "config variable PORT (stated by Web): a secret has a value in .projenrc.ts, which would be committed => drop the value, replace it where it was real, and let a provider or a mounted file bring it",
      ]
    `);
  });

  test('is a contradiction with itself when one speaker says both', () => {
    expect(problemsOf([port('Web'), port('Web', { description: 'Another' })])).toEqual([
      'config variable PORT: is stated more than once and differently, by Web: they disagree on description => state it once, or rename one of them',
    ]);
  });

  test('reports what is wrong with either statement, whichever came first', () => {
    const wrong = port('A', { description: '' });
    const right = port('B');
    expect(problemsOf([wrong, right])).toEqual(problemsOf([right, wrong]));
    expect(problemsOf([wrong, right])).toHaveLength(2);
  });

  test('names the same thing only within its kind', () => {
    expect(
      problemsOf([
        new Check('database', { task: 'db', description: 'x' }),
        new ReadinessCheck('database', { description: 'y' }),
      ]),
    ).toEqual([]);
  });

  test('compares guides by the text they render', () => {
    const guide = (words: string, statedBy: string) =>
      new Guide('help', { title: 'Help', summary: 'Helps', statedBy, text: { render: () => words } });
    expect(problemsOf([guide('same', 'A'), guide('same', 'B')])).toEqual([]);
    expect(problemsOf([guide('one', 'A'), guide('other', 'B')])).toEqual([
      'guide help: is stated more than once and differently, by A and by B: they disagree on text => state it once, or rename one of them',
    ]);
  });

  test('contradicts an environment that is there by default', () => {
    expect(problemsOf([new Environment('prod', { tier: EnvironmentTier.STAGING })])).toEqual([
      'environment prod: is stated more than once and differently, by .projenrc.ts and by Service: they disagree on tier => state it once, or rename one of them',
    ]);
    expect(problemsOf([new Environment('prod', { tier: EnvironmentTier.PRODUCTION })])).toEqual([]);
  });
});

describe('problems', () => {
  const facts: Fact[] = [
    variable('port'),
    variable('KEY', { secret: true, defaultValue: 'x' }),
    BackingService.redis({ statedBy: 'Cache' }),
    ServiceProcess.worker('mailer', { command: [], description: 'Sends mail', uses: ['smtp'] }),
    Metric.counter('orders', { help: 'Orders accepted' }),
  ];

  test('are reported all at once, in an order of their own', () => {
    const service = serviceOf(facts);
    service.addValidation({ validate: () => [{ place: 'a rule', message: 'is broken', value: 1n, fix: 'mend it' }] });
    service.report({ place: 'database', message: 'must be one of a, b', value: Number.NaN, fix: 'choose one' });
    service.report({ place: 'database', message: 'must be one of a, b', value: Number.NaN, fix: 'choose one' });
    expect(() => service.check()).toThrowErrorMatchingInlineSnapshot(`
      [ContradictionError: service "orders" has 9 problems; nothing was written

        1. a rule: is broken (got 1)
           fix: mend it
        2. backing service redis (stated by Cache): no config variable says where it is (got "REDIS_URL")
           fix: state the config variable REDIS_URL, or name another one as urlVariable
        3. config variable KEY (stated by .projenrc.ts): a secret has a value in .projenrc.ts, which would be committed
           fix: drop the value, replace it where it was real, and let a provider or a mounted file bring it
        4. config variable port (stated by .projenrc.ts): a config variable is named by upper-case words joined by single underscores (got "port")
           fix: rename it, for example to STRIPE_API_KEY
        5. database: must be one of a, b (got NaN)
           fix: choose one
        6. metric orders (stated by .projenrc.ts): counters end in _total, and nothing else does (got "orders")
           fix: rename it, or change its type
        7. process mailer (stated by .projenrc.ts): has an empty command, or an empty word in it (got [])
           fix: give the program and its arguments as one word each
        8. process mailer (stated by .projenrc.ts): there is no such backing service (got "smtp")
           fix: use one of redis, or state the backing service smtp
        9. process mailer (stated by .projenrc.ts): there is no such config variable (got "MANAGEMENT_PORT")
           fix: use one of KEY, port, or state the config variable MANAGEMENT_PORT
      ]
    `);
  });

  test('do not depend on the order facts are stated in', () => {
    const reports = permutations(facts).map((order) => JSON.stringify(problemsOf(order)));
    expect(new Set(reports).size).toBe(1);
  });

  test('are none when nothing is wrong', () => {
    expect(() => serviceOf([web(), ...ports()]).check()).not.toThrow();
  });

  test('see facts stated later than the one that refers to them', () => {
    const service = serviceOf([web({ uses: ['redis'] }), ...ports()]);
    expect(service.problems()).toHaveLength(1);
    service.state(BackingService.redis());
    service.state(variable('REDIS_URL'));
    expect(service.problems()).toEqual([]);
  });
});

describe('what is read from a service', () => {
  test('is sorted by name, in whatever order it was stated', () => {
    const facts = ['C', 'A', 'B'].map((name) => variable(name));
    for (const order of permutations(facts)) {
      expect(serviceOf(order).configVariables.map(({ name }) => name)).toEqual(['A', 'B', 'C']);
    }
  });

  test('is there for each kind of fact', () => {
    const service = serviceOf([
      variable('KEY', { secret: true }),
      BackingService.redis({ urlVariable: 'KEY' }),
      ServiceProcess.job('migrate', { command: ['x'], description: 'x' }),
      new ReadinessCheck('cache', { description: 'x' }),
      Metric.gauge('depth', { help: 'x' }),
      new Objective('fast', { description: 'x', target: 99 }),
      new Alert('Slow', { summary: 'x', expression: 'x', severity: AlertSeverity.PAGE, runbook: 'slow' }),
      new Panel('Depth', { row: 'x', queries: { x: 'x' } }),
      new Check('lint', { task: 'lint', description: 'x' }),
      new Guide('slow', { title: 'x', summary: 'x', kind: GuideKind.RUNBOOK, text }),
      new Replicas('web', { environment: 'prod' }),
      new SecretReference('KEY', { environment: 'prod', store: 'x', key: 'x' }),
      new Waiver('rule', { subject: 'x', reason: 'x' }),
    ]);
    const { configVariables, backingServices, processes, readinessChecks, metrics, objectives } = service;
    const { alerts, panels, checks, guides, replicas, secretReferences, waivers } = service;
    const all = [configVariables, backingServices, processes, readinessChecks, metrics, objectives].concat([
      alerts,
      panels,
      checks,
      guides,
      replicas,
      secretReferences,
      waivers,
    ] as never);
    expect(all.map((facts) => facts.length)).toEqual(all.map(() => 1));
  });
});

describe('a listener', () => {
  test('hears of facts stated before and after it subscribed, each once', () => {
    const service = serviceOf([variable('A')]);
    const ear = new Ear();
    service.subscribe(ear);
    service.state(variable('B'));
    service.state(variable('B', { statedBy: 'another' }));
    expect(ear.heard).toEqual(['A', 'B']);
  });

  test('hears once of what it states itself while it listens', () => {
    const heard: string[] = [];
    const service = serviceOf([variable('A')]);
    class Echo extends ServiceListener {
      public override configVariableStated({ name }: ConfigVariable): void {
        heard.push(name);
        if (name.length < 3) {
          service.state(variable(`${name}A`));
        }
      }
    }
    service.subscribe(new Echo());
    expect(heard).toEqual(['A', 'AA', 'AAA']);
  });

  test('hears once of a fact at whose statement it subscribes', () => {
    const ear = new Ear();
    const service = serviceOf();
    class Late extends ServiceListener {
      public override configVariableStated(): void {
        service.subscribe(ear);
      }
    }
    service.subscribe(new Late());
    service.state(variable('A'));
    expect(ear.heard).toEqual(['A']);
  });

  test('needs to care for no kind at all', () => {
    const service = serviceOf([variable('A'), web(), new Waiver('r', { subject: 's', reason: 'x' })]);
    expect(() => service.subscribe(new ServiceListener())).not.toThrow();
  });
});

describe('a derivation', () => {
  const derive = (names: (stated: Service) => string[], more = {}): IDerivation => ({
    derive: (stated) => names(stated).map((name) => variable(name, more)),
  });
  const names = (service: Service) => service.configVariables.map(({ name }) => name);

  test('is computed when it is read, from all that is stated by then', () => {
    const service = serviceOf([variable('A')]);
    service.addDerivation(derive((stated) => names(stated).map((name) => `${name}_COPY`)));
    expect(names(service)).toEqual(['A', 'A_COPY']);
    service.state(variable('B'));
    expect(names(service)).toEqual(['A', 'A_COPY', 'B', 'B_COPY']);
  });

  test('never sees what another derives, so their order cannot matter', () => {
    const one = derive((stated) => names(stated).map((name) => `${name}_ONE`));
    const two = derive((stated) => names(stated).map((name) => `${name}_TWO`));
    for (const order of permutations([one, two])) {
      const service = serviceOf([variable('A')]);
      for (const derivation of order) {
        service.addDerivation(derivation);
      }
      expect(names(service)).toEqual(['A', 'A_ONE', 'A_TWO']);
    }
  });

  test('gives way to a fact that is stated', () => {
    const service = serviceOf([variable('A', { description: 'Stated' })]);
    service.addDerivation(derive(() => ['A'], { description: 'Derived' }));
    expect(service.configVariables.map(({ description }) => description)).toEqual(['Stated']);
    expect(service.problems()).toEqual([]);
  });

  test('may say what another says, but not contradict it', () => {
    const with_ = (...derivations: IDerivation[]) => {
      const service = serviceOf();
      for (const derivation of derivations) {
        service.addDerivation(derivation);
      }
      return service;
    };
    const one = derive(() => ['A'], { statedBy: 'One' });
    const two = derive(() => ['A'], { statedBy: 'Two' });
    const other = derive(() => ['A'], { statedBy: 'Two', optional: true });
    expect(names(with_(one, two))).toEqual(['A']);
    expect(with_(one, two).problems()).toEqual([]);
    expect(with_(one, other).problems()).toEqual(with_(other, one).problems());
    expect(with_(one, other).problems()).toEqual([
      expect.objectContaining({
        message: 'is stated more than once and differently, by One and by Two: they disagree on optional',
      }),
    ]);
  });

  test('is checked like everything else', () => {
    const service = serviceOf();
    service.addDerivation(derive(() => ['not_upper_case']));
    expect(service.problems()).toHaveLength(1);
  });

  test('returns facts and states none', () => {
    const service = serviceOf();
    service.addDerivation({
      derive: (stated) => {
        stated.state(variable('A'));
        return [];
      },
    });
    expect(() => service.problems()).toThrow('is stated by a derivation, which returns facts instead');
  });

  test('can bring alerts with their runbooks from objectives', () => {
    const service = serviceOf([
      web(),
      ...ports(),
      new Objective('checkout', { description: 'Quick', target: 99, latency: Duration.millis(300) }),
    ]);
    service.addDerivation({
      derive: (stated) =>
        stated.objectives.flatMap(({ name }) => [
          new Alert('BudgetBurns', { summary: name, expression: 'x', severity: AlertSeverity.PAGE, runbook: name }),
          new Guide(name, { title: name, summary: name, kind: GuideKind.RUNBOOK, text }),
        ]),
    });
    expect(service.problems()).toEqual([]);
    expect(service.alerts.map(({ name }) => name)).toEqual(['BudgetBurns']);
  });
});
