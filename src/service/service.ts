import { Component, type Project } from 'projen';
import type { Alert } from './alert';
import type { BackingService } from './backing-service';
import type { Check } from './check';
import { ConfigState } from './config-state';
import type { ConfigVariable } from './config-variable';
import { Environment, tierRank } from './environment';
import type { IDerivation, IServiceValidation } from './extensions';
import { Fact, FactKind } from './fact';
import type { Guide } from './guide';
import type { LocalContainers } from './local-containers';
import type { Metric } from './metric';
import type { NetworkEdge } from './network-edge';
import type { Objective } from './objective';
import type { Panel } from './panel';
import { ContradictionError, problemKey, type ServiceProblem } from './problem';
import type { ProcessIdentity } from './process-identity';
import type { ReadinessCheck } from './readiness-check';
import type { RecordingRule } from './recording-rule';
import type { Replicas } from './replicas';
import type { SecretReference } from './secret-reference';
import type { SecretStore } from './secret-store';
import { ServiceGate } from './service-gate';
import type { ServiceListener } from './service-listener';
import type { ServiceProcess } from './service-process';
import { Statements } from './statements';
import type { Waiver } from './waiver';

/**
 * What there is to say about a service itself.
 */
export interface ServiceOptions {
  /**
   * Its name: lower-case letters, digits and dashes, 40 at most, because
   * namespaces, image names and host names are made of it.
   *
   * @default - the name of the project, without its scope
   */
  readonly name?: string;

  /**
   * What it is for, as one sentence.
   *
   * @default - none
   */
  readonly description?: string;

  /**
   * Who answers for it, a team or a person; named where somebody is asked to act.
   *
   * @default - none
   */
  readonly owner?: string;

  /**
   * Where the pages below `docs/` can be read, such as `https://github.com/acme/orders/blob/main/docs`; alerts link to their runbooks there.
   *
   * @default - not configured yet: alerts carry the path of their runbook
   */
  readonly docsUrl?: string;

  /**
   * Where the dashboards can be seen, such as `https://grafana.acme.com`; alerts link to them there.
   *
   * @default - not configured yet: alerts carry the path of their dashboard
   */
  readonly dashboardsUrl?: string;

  /**
   * The environments it runs in.
   *
   * @default - dev, staging and prod
   */
  readonly environments?: Environment[];
}

/**
 * One deployable application: the model that every generated file is a view of.
 *
 * Capabilities and users state facts on it, in any order; capabilities read them at
 * synthesis. It writes no file itself and knows no capability. Before anything is
 * written, every fact and every validation is asked for problems, and all of them are
 * reported together.
 *
 * @example
 * const service = Service.of(project);
 * service.state(BackingService.redis());
 * service.state(new ConfigVariable('REDIS_URL', { secret: true, description: 'Where the cache is' }));
 */
export class Service extends Component {
  /**
   * The service of a project, made with its defaults when there is none yet.
   *
   * @param project any projen project
   */
  public static of(project: Project): Service {
    return Service.tryFind(project) ?? new Service(project);
  }

  /**
   * The service of a project, if there is one.
   *
   * @param project any projen project
   */
  public static tryFind(project: Project): Service | undefined {
    return project.components.find((component): component is Service => component instanceof Service);
  }

  /** Its name. */
  public readonly serviceName: string;

  /** What it is for. */
  public readonly description?: string;

  /** Who answers for it. */
  public readonly owner?: string;

  /** Where the pages below `docs/` can be read. */
  public readonly docsUrl?: string;

  /** Where the dashboards can be seen. */
  public readonly dashboardsUrl?: string;

  private readonly stated = new Map<string, Statements>();
  private readonly reported: ServiceProblem[] = [];
  private readonly listeners: ServiceListener[] = [];
  private readonly validations: IServiceValidation[] = [];
  private readonly derivations: IDerivation[] = [];
  private readonly kept = new Map<FactKind, Fact[]>();
  private derived: ReadonlyMap<string, Statements> | undefined;
  private deriving = false;
  private closed = false;

  /**
   * @param project any projen project that has no service yet
   * @throws Error when the project has one; state it before the components that would make one with its defaults
   */
  constructor(project: Project, options: ServiceOptions = {}) {
    if (Service.tryFind(project)) {
      throw new Error(
        `project "${project.name}" has a service already: make it with "new Service(project, {…})" before any component that asks for it`,
      );
    }
    super(project, 'Service');
    this.serviceName = options.name ?? project.name.replace(/^@[^/]*\//, '');
    this.description = options.description;
    this.owner = options.owner;
    this.docsUrl = options.docsUrl;
    this.dashboardsUrl = options.dashboardsUrl;
    for (const environment of options.environments ?? Environment.defaults()) {
      this.state(environment);
    }
    ServiceGate.of(project.root).guard(this);
  }

  /**
   * States a fact.
   *
   * Saying the same twice is fine, whoever says it; saying two different things
   * under one name is a contradiction that names all speakers.
   *
   * @throws Error when synthesis has begun: what is stated then would escape the checks
   */
  public state(fact: Fact): void {
    if (!(fact instanceof Fact)) {
      this.report({
        place: 'service.state',
        message: 'was given something that is no fact',
        value: fact,
        fix: "state an object such as new Environment('qa') or BackingService.redis()",
      });
      return;
    }
    if (this.closed || this.deriving) {
      throw new Error(
        `${fact.place} ${this.closed ? 'is stated after synthesis has begun' : 'is stated by a derivation, which returns facts instead'}: state it in a constructor or in .projenrc.ts`,
      );
    }
    this.derived = undefined;
    this.kept.clear();
    const known = this.stated.get(keyOf(fact));
    if (known !== undefined) {
      known.add(fact);
      return;
    }
    this.stated.set(keyOf(fact), new Statements(fact));
    // Copied, because who hears of a fact may subscribe or state another.
    for (const listener of [...this.listeners]) {
      fact._announce(listener);
    }
  }

  /**
   * Lets a listener hear of every fact, those already stated included.
   *
   * Derived facts are known only when everything is stated, so they are announced when synthesis begins.
   */
  public subscribe(listener: ServiceListener): void {
    const known = [...this.stated.values()];
    this.listeners.push(listener);
    for (const { fact } of known) {
      fact._announce(listener);
    }
  }

  /**
   * Adds a rule that spans facts.
   */
  public addValidation(validation: IServiceValidation): void {
    this.validations.push(validation);
  }

  /**
   * Adds facts that follow from other facts, computed when they are read.
   *
   * A derived fact gives way to one that is stated under its name.
   */
  public addDerivation(derivation: IDerivation): void {
    this.derivations.push(derivation);
    this.derived = undefined;
    this.kept.clear();
  }

  /**
   * Reports something that is wrong and that no fact can carry, such as an option with an unknown value.
   */
  public report(problem: ServiceProblem): void {
    this.reported.push(problem);
  }

  /** The environments, from development to production. */
  public get environments(): Environment[] {
    return this.all<Environment>(FactKind.ENVIRONMENT).sort((a, b) => tierRank(a) - tierRank(b));
  }

  /** The config variables, by name. */
  public get configVariables(): ConfigVariable[] {
    return this.all(FactKind.CONFIG_VARIABLE);
  }

  /** The backing services, by name. */
  public get backingServices(): BackingService[] {
    return this.all(FactKind.BACKING_SERVICE);
  }

  /** The processes, by name. */
  public get processes(): ServiceProcess[] {
    return this.all(FactKind.PROCESS);
  }

  /** The readiness checks, by name. */
  public get readinessChecks(): ReadinessCheck[] {
    return this.all(FactKind.READINESS_CHECK);
  }

  /** The metrics, by name. */
  public get metrics(): Metric[] {
    return this.all(FactKind.METRIC);
  }

  /** The objectives, by name. */
  public get objectives(): Objective[] {
    return this.all(FactKind.OBJECTIVE);
  }

  /** The recording rules, by name. */
  public get recordingRules(): RecordingRule[] {
    return this.all(FactKind.RECORDING_RULE);
  }

  /** The alerts, by name. */
  public get alerts(): Alert[] {
    return this.all(FactKind.ALERT);
  }

  /** The panels, by name. */
  public get panels(): Panel[] {
    return this.all(FactKind.PANEL);
  }

  /** The checks, by name. */
  public get checks(): Check[] {
    return this.all(FactKind.CHECK);
  }

  /** The guides, by name. */
  public get guides(): Guide[] {
    return this.all(FactKind.GUIDE);
  }

  /** How many of each process run, by process and environment; where nobody says so, there is no fact. */
  public get replicas(): Replicas[] {
    return this.all(FactKind.REPLICAS);
  }

  /** What keeps the secrets, by name and environment. */
  public get secretStores(): SecretStore[] {
    return this.all(FactKind.SECRET_STORE);
  }

  /** Where secret stores keep the secrets, by config variable and environment. */
  public get secretReferences(): SecretReference[] {
    return this.all(FactKind.SECRET_REFERENCE);
  }

  /** What may run beside the service on a developer's machine, by name. */
  public get localContainers(): LocalContainers[] {
    return this.all(FactKind.LOCAL_CONTAINERS);
  }

  /** The identities that some processes have to themselves, by name. */
  public get identities(): ProcessIdentity[] {
    return this.all(FactKind.IDENTITY);
  }

  /** The exceptions from rules, by rule and subject. */
  public get waivers(): Waiver[] {
    return this.all(FactKind.WAIVER);
  }

  /**
   * The connections that follow from processes and backing services, by process and backing service.
   */
  public get networkEdges(): NetworkEdge[] {
    const { backingServices } = this;
    return this.processes.flatMap((process) =>
      backingServices
        .filter((backingService) => process.talksTo(backingService))
        .map(({ name, port, peer }) => ({ process: process.name, backingService: name, port, peer })),
    );
  }

  /**
   * The config variables a process gets: all but those that other processes keep to themselves, and the secrets it has no need of.
   *
   * @param process one of {@link Service.processes}
   */
  public variablesOf(process: ServiceProcess): ConfigVariable[] {
    const others = this.processes.flatMap(({ ownVariables }) => ownVariables);
    const { ownVariables, sharedSecrets } = process;
    return this.configVariables.filter(
      ({ name, secret }) =>
        ownVariables.includes(name) || (!others.includes(name) && (!secret || (sharedSecrets?.includes(name) ?? true))),
    );
  }

  /**
   * How a config variable stands in an environment.
   *
   * @param variable one of {@link Service.configVariables}
   * @param environment an environment's name, or `test`
   */
  public configState(variable: ConfigVariable, environment: string): ConfigState {
    if (variable.values[environment] !== undefined) {
      return ConfigState.SET;
    }
    if (variable.defaultValue !== undefined) {
      return ConfigState.DEFAULTED;
    }
    if (variable.providedBy[environment] !== undefined || (variable.secret && variable.isRequiredIn(environment))) {
      return ConfigState.REFERENCED;
    }
    return variable.isRequiredIn(environment) ? ConfigState.MISSING : ConfigState.ABSENT;
  }

  /**
   * The config variable of this name, if somebody states it.
   */
  public tryFindConfigVariable(name: string): ConfigVariable | undefined {
    return this.configVariables.find((variable) => variable.name === name);
  }

  /**
   * Where a secret is kept in an environment, if somebody says so.
   *
   * @param variable the name of a config variable
   * @param environment the name of an environment
   */
  public tryFindSecretReference(variable: string, environment: string): SecretReference | undefined {
    return this.secretReferences.find((found) => found.variable === variable && found.environment === environment);
  }

  /**
   * How many of a process run in an environment, if somebody says so.
   *
   * @param process the name of a process
   * @param environment the name of an environment
   */
  public tryFindReplicas(process: string, environment: string): Replicas | undefined {
    return this.replicas.find((replicas) => replicas.process === process && replicas.environment === environment);
  }

  /**
   * The exception of a subject from a rule, if somebody states one.
   *
   * @param rule the name of the rule
   * @param subject what is excepted from it
   */
  public tryFindWaiver(rule: string, subject: string): Waiver | undefined {
    return this.waivers.find((waiver) => waiver.rule === rule && waiver.subject === subject);
  }

  /**
   * Everything that is wrong with the service, in a stable order.
   */
  public problems(): ServiceProblem[] {
    const stated = [
      ...this.ownProblems(),
      ...this.reported,
      ...[...this.stated.values()].flatMap((statements) => statements.problems(this)),
    ];
    const all = [...stated, ...this.consequentProblems(stated.length > 0)];
    const distinct = new Map(all.map((problem) => [problemKey(problem), problem]));
    return [...distinct].sort(([a], [b]) => compare(a, b)).map(([, problem]) => problem);
  }

  /**
   * Makes sure that the service does not contradict itself.
   *
   * Synthesis calls it for all services of a repository before it writes or deletes a file.
   *
   * @throws ContradictionError with all problems, when there are any
   */
  public check(): void {
    const problems = this.problems();
    if (problems.length > 0) {
      throw new ContradictionError([[this.serviceName, problems]]);
    }
  }

  /**
   * Announces what follows from all that was stated, and takes no more statements.
   *
   * @internal
   */
  public _close(): void {
    this.closed = true;
    for (const { fact } of this.derivedStatements().values()) {
      for (const listener of this.listeners) {
        fact._announce(listener);
      }
    }
  }

  /** Kept until another fact is stated, except within a derivation, which sees less. */
  private all<T extends Fact>(kind: FactKind): T[] {
    const derived = this.derivedStatements();
    const known = this.deriving ? undefined : this.kept.get(kind);
    const facts =
      known ??
      [...this.stated.values(), ...derived.values()]
        .map(({ fact }) => fact)
        .filter((fact) => fact.kind === kind)
        .sort((a, b) => compare(a.name, b.name));
    if (!this.deriving) {
      this.kept.set(kind, facts);
    }
    return [...facts] as T[];
  }

  private derivedStatements(): ReadonlyMap<string, Statements> {
    // A derivation reads the service it extends; inside of it only stated facts are visible.
    if (this.deriving) {
      return new Map();
    }
    if (this.derived === undefined) {
      this.deriving = true;
      try {
        this.derived = gather(
          this.derivations
            .flatMap((derivation) => derivation.derive(this))
            .filter((fact) => !this.stated.has(keyOf(fact))),
        );
      } finally {
        this.deriving = false;
      }
    }
    return this.derived;
  }

  /** What is wrong with what follows from the facts. */
  private consequentProblems(flawed: boolean): ServiceProblem[] {
    try {
      return [
        ...[...this.derivedStatements().values()].flatMap((statements) => statements.problems(this)),
        ...this.validations.flatMap((validation) => validation.validate(this)),
      ];
    } catch (error) {
      // From facts that are wrong nothing may follow at all; they are reported, and to be mended first.
      if (flawed) {
        return [];
      }
      throw error;
    }
  }

  private ownProblems(): ServiceProblem[] {
    const problems: ServiceProblem[] = [];
    if (!/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/.test(this.serviceName)) {
      problems.push({
        place: 'name',
        message: 'a service is named by lower-case letters, digits and dashes, 40 at most, beginning with a letter',
        value: this.serviceName,
        fix: `give another one, such as "${suggestion(this.serviceName)}"; namespaces, images and hosts are named after it`,
      });
    }
    for (const member of ['docsUrl', 'dashboardsUrl'] as const) {
      if (this[member] !== undefined && !/^https?:\/\/[^\s?#]+$/.test(this[member])) {
        problems.push({
          place: member,
          message: 'is no web address that links can begin with',
          value: this[member],
          fix: 'give one such as "https://grafana.acme.com", without query and fragment',
        });
      }
    }
    if (this.environments.length === 0) {
      problems.push({
        place: 'environments',
        message: 'the service runs nowhere',
        fix: 'state at least one environment',
      });
    }
    return problems;
  }
}

/** The name that was probably meant. */
function suggestion(name: string): string {
  const words = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return (
    words
      .replace(/^[^a-z]+/, '')
      .slice(0, 40)
      .replace(/-+$/, '') || 'orders'
  );
}

function gather(facts: Fact[]): ReadonlyMap<string, Statements> {
  const gathered = new Map<string, Statements>();
  for (const fact of facts) {
    const known = gathered.get(keyOf(fact));
    known?.add(fact);
    gathered.set(keyOf(fact), known ?? new Statements(fact));
  }
  return gathered;
}

function keyOf(fact: Fact): string {
  return `${fact.kind}\n${fact.name}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
