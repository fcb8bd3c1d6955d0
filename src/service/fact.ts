import type { ServiceProblem } from './problem';
import type { Service } from './service';
import type { ServiceListener } from './service-listener';

/**
 * The kinds of fact a service is made of.
 */
export enum FactKind {
  /** Where the service runs. */
  ENVIRONMENT = 'environment',
  /** A named, typed input. */
  CONFIG_VARIABLE = 'config variable',
  /** What the service talks to over a connection. */
  BACKING_SERVICE = 'backing service',
  /** What the service runs. */
  PROCESS = 'process',
  /** What readiness waits for. */
  READINESS_CHECK = 'readiness check',
  /** What the service measures. */
  METRIC = 'metric',
  /** What the service promises. */
  OBJECTIVE = 'objective',
  /** A query that is evaluated ahead of those that use it. */
  RECORDING_RULE = 'recording rule',
  /** What asks a person to act. */
  ALERT = 'alert',
  /** What a person looks at. */
  PANEL = 'panel',
  /** What may run beside the service on a developer's machine. */
  LOCAL_CONTAINERS = 'local containers',
  /** A command that gates a commit, a pull request or a release. */
  CHECK = 'check',
  /** A page a person reads. */
  GUIDE = 'guide',
  /** How many of a process run in an environment. */
  REPLICAS = 'replicas',
  /** What keeps the secrets of an environment. */
  SECRET_STORE = 'secret store',
  /** Where an environment's secret store keeps a secret. */
  SECRET_REFERENCE = 'secret reference',
  /** By what some processes are known to a cloud. */
  IDENTITY = 'identity',
  /** An exception from a rule, with its reason. */
  WAIVER = 'waiver',
}

/**
 * What every fact may say about its origin.
 */
export interface FactProps {
  /**
   * Who states the fact; named in errors when two statements contradict each other.
   *
   * @default ".projenrc.ts"
   */
  readonly statedBy?: string;
}

/**
 * Something that is true of a service.
 *
 * Facts are immutable and know nothing of files. A fact never throws when it is
 * made: it reports its own problems, so that all problems of a service can be
 * shown together.
 *
 * @example
 * const fact: Fact = new Check('lint', { task: 'lint', description: 'The code is formatted' });
 * service.state(fact);
 */
export abstract class Fact {
  /**
   * What kind of fact this is.
   */
  public readonly kind: FactKind;

  /**
   * Identifies the fact among those of its kind.
   */
  public readonly name: string;

  /**
   * Who stated it.
   */
  public readonly statedBy: string;

  protected constructor(kind: FactKind, name: string, props: FactProps = {}) {
    this.kind = kind;
    this.name = name;
    this.statedBy = props.statedBy ?? '.projenrc.ts';
  }

  /**
   * Where a reader finds this fact, for errors.
   */
  public get place(): string {
    return `${this.kind} ${this.name} (stated by ${this.statedBy})`;
  }

  /**
   * What is wrong with this fact, by itself and against the other facts of the service.
   *
   * Called once all facts are stated, so a fact may refer to one that is stated later.
   *
   * @param service the service the fact was stated on
   */
  public abstract problems(service: Service): ServiceProblem[];

  /**
   * Tells a listener about this fact.
   *
   * @internal
   */
  public abstract _announce(listener: ServiceListener): void;

  /**
   * What the fact says only once all facts are known, for comparison with another statement of it.
   *
   * @internal
   */
  public _late(_service: Service): object {
    return {};
  }
}
