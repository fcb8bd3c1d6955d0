import { Fact, FactKind, type FactProps } from './fact';
import type { NetworkPeer } from './network-peer';
import type { ServiceProblem } from './problem';
import { nameProblems, referenceProblems } from './rules';
import type { Service } from './service';
import type { ServiceListener } from './service-listener';

/**
 * What a backing service is.
 */
export enum BackingServiceKind {
  /** PostgreSQL. */
  POSTGRESQL = 'postgresql',
  /** MySQL or MariaDB. */
  MYSQL = 'mysql',
  /** Redis or Valkey. */
  REDIS = 'redis',
  /** Another service over HTTP. */
  HTTP = 'http',
  /** Anything else that listens on a port. */
  TCP = 'tcp',
}

/**
 * What there is to say about a backing service of a known kind.
 */
export interface BackingServiceOptions extends FactProps {
  /**
   * Its name; distinct among the backing services.
   *
   * @default - the kind, such as `redis`
   */
  readonly name?: string;

  /**
   * The port it listens on.
   *
   * @default - the usual port of its kind
   */
  readonly port?: number;

  /**
   * Whether the service is not ready without it.
   *
   * @default true
   */
  readonly required?: boolean;

  /**
   * The config variable that holds its URL.
   *
   * @default - the name in upper case with `_URL`
   */
  readonly urlVariable?: string;

  /**
   * The processes that talk to it, by name; nothing else reaches it.
   *
   * @default - all that do not say which backing services they use
   */
  readonly usedBy?: string[];

  /**
   * The backing service that stands before it, by name: a database that other processes reach through a pooler, such as PgBouncer, is
   * behind it. On one machine nothing stands between, so there both are one.
   *
   * @default - nothing does
   */
  readonly behind?: string;

  /**
   * Where on the network it is.
   *
   * @default - not configured yet: deployments that derive network rules ask for it
   */
  readonly peer?: NetworkPeer;
}

/**
 * What the service talks to over a connection.
 *
 * One statement implies the network edge, the readiness check's meaning, the local
 * stack's container and the dashboard row, whichever of those capabilities are on.
 *
 * @example
 * service.state(BackingService.redis());
 * service.state(BackingService.http({ name: 'billing', port: 8080, required: false }));
 */
export class BackingService extends Fact {
  /** A PostgreSQL database, on port 5432. */
  public static postgresql(options: BackingServiceOptions = {}): BackingService {
    return new BackingService(BackingServiceKind.POSTGRESQL, { ...options, port: options.port ?? 5432 });
  }

  /** A MySQL or MariaDB database, on port 3306. */
  public static mysql(options: BackingServiceOptions = {}): BackingService {
    return new BackingService(BackingServiceKind.MYSQL, { ...options, port: options.port ?? 3306 });
  }

  /** A Redis or Valkey server, on port 6379. */
  public static redis(options: BackingServiceOptions = {}): BackingService {
    return new BackingService(BackingServiceKind.REDIS, { ...options, port: options.port ?? 6379 });
  }

  /** Another service over HTTPS, on port 443. */
  public static http(options: BackingServiceOptions): BackingService {
    return new BackingService(BackingServiceKind.HTTP, { ...options, port: options.port ?? 443 });
  }

  /** Anything else that listens on a port, such as a mail server; its port must be given. */
  public static tcp(options: BackingServiceOptions): BackingService {
    return new BackingService(BackingServiceKind.TCP, options);
  }

  /** What it is. */
  public readonly backingKind: BackingServiceKind;
  /** The port it listens on. */
  public readonly port: number;
  /** Whether the service is not ready without it. */
  public readonly required: boolean;
  /** The config variable that holds its URL. */
  public readonly urlVariable: string;
  /** The processes that talk to it; undefined means all. */
  public readonly usedBy?: string[];
  /** The backing service that stands before it. */
  public readonly behind?: string;
  /** Where on the network it is. */
  public readonly peer?: NetworkPeer;

  private constructor(backingKind: BackingServiceKind, options: BackingServiceOptions) {
    super(FactKind.BACKING_SERVICE, options.name ?? backingKind, options);
    this.backingKind = backingKind;
    this.port = options.port ?? Number.NaN;
    this.required = options.required ?? true;
    this.urlVariable = options.urlVariable ?? `${this.name.toUpperCase().replaceAll('-', '_')}_URL`;
    this.usedBy = options.usedBy;
    this.behind = options.behind;
    this.peer = options.peer;
  }

  public problems(service: Service): ServiceProblem[] {
    const problems: ServiceProblem[] = nameProblems(this, 41, 'cache');
    if (!Number.isInteger(this.port) || this.port < 1 || this.port > 65_535) {
      problems.push({
        place: this.place,
        message: 'a port is from 1 to 65535',
        value: this.port,
        fix: 'give the port it listens on',
      });
    }
    const flaw = this.peer?.flaw();
    if (flaw !== undefined) {
      problems.push({ place: this.place, message: flaw, fix: 'correct its peer' });
    }
    for (const process of this.usedBy ?? []) {
      problems.push(...referenceProblems(this, 'process', process, service.processes));
    }
    if (this.behind !== undefined) {
      problems.push(...referenceProblems(this, 'backing service', this.behind, service.backingServices));
      const front = service.backingServices.find(({ name }) => name === this.behind);
      if (front !== undefined && (front.behind !== undefined || front.backingKind !== this.backingKind)) {
        problems.push({
          place: this.place,
          message:
            front.behind === undefined
              ? `is ${this.backingKind}, and what stands before it is ${front.backingKind}`
              : `is behind ${front.place}, which is behind something itself`,
          fix: 'name the backing service of the same kind that the other processes connect to',
        });
      }
    }
    if (!service.tryFindConfigVariable(this.urlVariable)) {
      problems.push({
        place: this.place,
        message: 'no config variable says where it is',
        value: this.urlVariable,
        fix: `state the config variable ${this.urlVariable}, or name another one as urlVariable`,
      });
    }
    return problems;
  }

  /** @internal */
  public _announce(listener: ServiceListener): void {
    listener.backingServiceStated(this);
  }
}
