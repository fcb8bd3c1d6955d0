import { type ConfigVariable, Duration, type Service } from '../../service';
import type { VaultAudit } from './vault-audit';
import type { VaultDatabaseLogin } from './vault-database-login';
import { VaultDelivery } from './vault-delivery';
import type { VaultOptions } from './vault-options';

/** Where the agent writes the secrets and its token. */
export const AGENT_FOLDER = '/vault/secrets';
/** Where Kubernetes mounts a token that is for Vault only. */
export const JWT_FILE = '/var/run/secrets/vault/token';
/** Whom that token is for. */
export const AUDIENCE = 'vault';

/**
 * The part of a Vault that belongs to one environment of a service.
 */
export class VaultPlace {
  public readonly address: string;
  public readonly delivery: VaultDelivery;
  public readonly mount: string;
  public readonly path: string;
  public readonly role: string;
  public readonly authMount: string;
  public readonly namespace?: string;
  public readonly serviceAccount: string;
  public readonly kubernetesNamespace: string;
  public readonly login?: VaultDatabaseLogin;
  public readonly audit?: VaultAudit;

  constructor(
    options: VaultOptions,
    { serviceName }: Service,
    public readonly environment: string,
  ) {
    this.address = options.address.replace(/\/+$/, '');
    this.delivery = options.delivery ?? VaultDelivery.SERVICE;
    this.mount = options.mount ?? 'secret';
    this.path = options.path ?? `${serviceName}/${environment}`;
    this.role = options.role ?? `${serviceName}-${environment}`;
    this.authMount = options.authMount ?? 'kubernetes';
    this.namespace = options.namespace;
    this.serviceAccount = options.serviceAccount ?? serviceName;
    this.kubernetesNamespace = options.kubernetesNamespace ?? serviceName;
    this.login = options.databaseLogin;
    this.audit = options.audit;
  }

  /** The port of its address. */
  public get port(): number {
    const { port = '', protocol } = URL.canParse(this.address) ? new URL(this.address) : {};
    return port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port);
  }

  /** The role of the scheduled workflow, and where it logs in. */
  public get auditLogin(): { readonly role: string; readonly mount: string } | undefined {
    return this.audit && { role: `${this.role}-audit`, mount: this.audit.authMount ?? 'jwt' };
  }

  /** Whether Vault makes it, rather than keeps it. */
  public makes({ name }: ConfigVariable): boolean {
    return this.login !== undefined && name === (this.login.variable ?? 'DATABASE_URL');
  }

  /** Where Vault makes logins to the database. */
  public get credentials(): string {
    return `${this.login?.mount ?? 'database'}/creds/${this.role}`;
  }

  /** The path of a secret below the mount. */
  public pathOf({ name }: ConfigVariable): string {
    return `${this.path}/${name}`;
  }

  public get lease(): Duration {
    return this.login?.lease ?? Duration.hours(2);
  }

  public get longestLease(): Duration {
    return this.login?.longestLease ?? Duration.days(1);
  }
}
