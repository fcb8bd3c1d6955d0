import { Component, Project } from 'projen';
import type { Alert } from './alert';
import type { BackingService } from './backing-service';
import type { Check } from './check';
import { ConfigState } from './config-state';
import type { ConfigVariable } from './config-variable';
import { Environment, tierRank } from './environment';
import type { IDerivation, IServiceValidation } from './extensions';
import { type Fact, FactKind } from './fact';
import type { Guide } from './guide';
import type { Metric } from './metric';
import type { NetworkEdge } from './network-edge';
import type { Objective } from './objective';
import type { Panel } from './panel';
import { ContradictionError, type ServiceProblem } from './problem';
import type { ReadinessCheck } from './readiness-check';
import { ServiceGate } from './service-gate';
import type { ServiceListener } from './service-listener';
import type { ServiceProcess } from './service-process';

/**
 * What there is to say about a service itself.
 */
export interface ServiceOptions {
  /**
   * Its name: lower-case letters, digits and dashes, 40 at most, because
   * namespaces, image names and host names are made of it.
   *
   * @default - the name of the project
   */
  readonly name?: string;

  /**
   * What it is for, as one sentence.
   *
   * @default - none
   */
  readonly description?: string;

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

  private readonly facts = new Map<string, Fact>();
  private readonly conflicts: ServiceProblem[] = [];
  private readonly listeners: ServiceListener[] = [];
  private readonly validations: IServiceValidation[] = [];
  private readonly derivations: IDerivation[] = [];
  private derived: readonly Fact[] | undefined;
  private deriving = false;

  constructor(project: Project, options: ServiceOptions = {}) {
    super(project, 'Service');
    this.serviceName = options.name ?? project.name;
    this.description = options.description;
    for (const environment of options.environments ?? Environment.defaults()) {
      this.state(environment);
    }
    ServiceGate.of(project.root).guard(this);
  }

  /**
   * States a fact.
   *
   * Saying the same twice is fine, whoever says it; saying two different things
   * under one name is a contradiction that names both speakers.
   */
  public state(fact: Fact): void {
    const key = keyOf(fact);
    const known = this.facts.get(key);
    if (known === undefined) {
      this.facts.set(key, fact);
      this.derived = undefined;
      for (const listener of this.listeners) {
        fact._announce(listener);
      }
    } else if (!known._saysTheSameAs(fact)) {
      const speakers = [known.statedBy, fact.statedBy].sort();
      this.conflicts.push({
        place: `${fact.kind} ${fact.name}`,
        message: `is stated twice and differently, by ${speakers.join(' and by ')}`,
        fix: 'state it once, or rename one of the two',
      });
    }
  }

  /**
   * Lets a listener hear of every fact, those already stated included.
   */
  public subscribe(listener: ServiceListener): void {
    this.listeners.push(listener);
    for (const fact of this.facts.values()) {
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
   */
  public addDerivation(derivation: IDerivation): void {
    this.derivations.push(derivation);
    this.derived = undefined;
  }

  /**
   * Reports something that is wrong and that no fact can carry, such as an option with an unknown value.
   */
  public report(problem: ServiceProblem): void {
    this.conflicts.push(problem);
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

  /**
   * The connections that follow from processes and backing services, by process and backing service.
   */
  public get networkEdges(): NetworkEdge[] {
    return this.processes.flatMap((process) =>
      this.backingServices
        .filter(({ name }) => process.uses === undefined || process.uses.includes(name))
        .map(({ name, port, peer }) => ({ process: process.name, backingService: name, port, peer })),
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
   * Everything that is wrong with the service, in a stable order.
   */
  public problems(): ServiceProblem[] {
    const all = [
      ...this.namingProblems(),
      ...this.conflicts,
      ...[...this.facts.values(), ...this.derivedFacts()].flatMap((fact) => fact.problems(this)),
      ...this.validations.flatMap((validation) => validation.validate(this)),
    ];
    const distinct = new Map(all.map((problem) => [JSON.stringify(problem), problem]));
    return [...distinct.entries()].sort(([a], [b]) => compare(a, b)).map(([, problem]) => problem);
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
      throw new ContradictionError(this.serviceName, problems);
    }
  }

  private all<T extends Fact>(kind: FactKind): T[] {
    return [...this.facts.values(), ...this.derivedFacts()]
      .filter((fact): fact is T => fact.kind === kind)
      .sort((a, b) => compare(a.name, b.name));
  }

  private derivedFacts(): readonly Fact[] {
    // A derivation reads the service it extends; inside of it only stated facts are visible.
    if (this.deriving) {
      return [];
    }
    if (this.derived === undefined) {
      this.deriving = true;
      try {
        this.derived = this.derivations
          .flatMap((derivation) => derivation.derive(this))
          .filter((fact) => !this.facts.has(keyOf(fact)));
      } finally {
        this.deriving = false;
      }
    }
    return this.derived;
  }

  private namingProblems(): ServiceProblem[] {
    return /^[a-z][a-z0-9-]{0,39}$/.test(this.serviceName) && !this.serviceName.endsWith('-')
      ? []
      : [
          {
            place: 'name',
            message: 'a service is named by lower-case letters, digits and dashes, 40 at most, beginning with a letter',
            value: this.serviceName,
            fix: 'rename it, for example to "orders"; namespaces, images and hosts are named after it',
          },
        ];
  }
}

function keyOf(fact: Fact): string {
  return `${fact.kind}\n${fact.name}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
