import { Fact, FactKind, type FactProps } from './fact';
import type { NetworkPeer } from './network-peer';
import type { ServiceProblem } from './problem';
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
    return new BackingService(BackingServiceKind.POSTGRESQL, { port: 5432, ...options });
  }

  /** A MySQL or MariaDB database, on port 3306. */
  public static mysql(options: BackingServiceOptions = {}): BackingService {
    return new BackingService(BackingServiceKind.MYSQL, { port: 3306, ...options });
  }

  /** A Redis or Valkey server, on port 6379. */
  public static redis(options: BackingServiceOptions = {}): BackingService {
    return new BackingService(BackingServiceKind.REDIS, { port: 6379, ...options });
  }

  /** Another service over HTTPS, on port 443. */
  public static http(options: BackingServiceOptions): BackingService {
    return new BackingService(BackingServiceKind.HTTP, { port: 443, ...options });
  }

  /** What it is. */
  public readonly backingKind: BackingServiceKind;
  /** The port it listens on. */
  public readonly port: number;
  /** Whether the service is not ready without it. */
  public readonly required: boolean;
  /** The config variable that holds its URL. */
  public readonly urlVariable: string;
  /** Where on the network it is. */
  public readonly peer?: NetworkPeer;

  private constructor(backingKind: BackingServiceKind, options: BackingServiceOptions) {
    super(FactKind.BACKING_SERVICE, options.name ?? backingKind, options);
    this.backingKind = backingKind;
    this.port = options.port!;
    this.required = options.required ?? true;
    this.urlVariable = options.urlVariable ?? `${this.name.toUpperCase().replaceAll('-', '_')}_URL`;
    this.peer = options.peer;
  }

  public problems(service: Service): ServiceProblem[] {
    const problems: ServiceProblem[] = [];
    if (!/^[a-z][a-z0-9-]{0,40}$/.test(this.name)) {
      problems.push({
        place: this.place,
        message: 'a backing service is named by lower-case letters, digits and dashes, 41 at most',
        value: this.name,
        fix: 'rename it, for example to "cache"',
      });
    }
    if (!Number.isInteger(this.port) || this.port < 1 || this.port > 65_535) {
      problems.push({ place: this.place, message: 'a port is from 1 to 65535', value: this.port, fix: 'give the port it listens on' });
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
