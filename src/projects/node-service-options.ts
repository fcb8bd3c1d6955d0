import type { Project } from 'projen';
import type { BackupOptions } from '../backup';
import type { ContainerImageOptions } from '../containers';
import type { DeliveryOptions } from '../delivery';
import type { K8sManifestsOptions } from '../kubernetes';
import type { Database, MigrationsOptions } from '../migrations';
import type { ObservabilityOptions } from '../observability';
import type { Environment } from '../service';
import type { FastifyServerOptions } from '../web';

/**
 * Observability as part of a composed service.
 */
export interface ServiceObservability extends ObservabilityOptions {
  /**
   * Whether metrics, logs, traces, alerts and dashboards beyond those of the platform are generated.
   *
   * @default true
   */
  readonly enabled?: boolean;
}

/**
 * Backups as part of a composed service.
 */
export interface ServiceBackup extends BackupOptions {
  /**
   * Whether the database is backed up by the service itself.
   *
   * @default true
   */
  readonly enabled?: boolean;
}

/**
 * The container image and the local stack as part of a composed service.
 */
export interface ServiceContainer extends ContainerImageOptions {
  /**
   * Whether `Dockerfile` and `compose.yaml` are generated.
   *
   * @default true
   */
  readonly enabled?: boolean;
}

/**
 * Delivery as part of a composed service.
 */
export interface ServiceDelivery extends DeliveryOptions {
  /**
   * Whether the Git hook and the workflow are generated.
   *
   * @default true
   */
  readonly enabled?: boolean;
}

/**
 * Manifests for Kubernetes as part of a composed service.
 */
export interface ServiceKubernetes extends K8sManifestsOptions {
  /**
   * Whether manifests are generated.
   *
   * @default true
   */
  readonly enabled?: boolean;
}

/**
 * Guides as part of a composed service.
 */
export interface ServiceGuides {
  /**
   * Whether the pages below `docs/` are generated.
   *
   * @default true
   */
  readonly enabled?: boolean;
}

/**
 * What can be chosen about a Node service.
 */
export interface NodeServiceProjectOptions {
  /**
   * The name of the service: lower-case letters, digits and dashes, 40 at most.
   *
   * @default $BASEDIR
   * @featured
   */
  readonly name: string;

  /**
   * What the service is for, as one sentence.
   *
   * @default - none
   */
  readonly description?: string;

  /**
   * Who answers for the service, a team or a person; named where somebody is asked to act.
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
   * Where the service keeps its data: postgresql, mysql, sqlite or none.
   *
   * @default Database.POSTGRESQL
   * @featured
   */
  readonly database?: Database;

  /**
   * Migrations and connections of that database.
   *
   * @default - Prisma's engine from npm, and the connection limit the database has by default
   */
  readonly migrations?: MigrationsOptions;

  /**
   * Whether to begin with an order service as an example; otherwise with one route.
   *
   * The example is yours from birth, and as easily deleted as kept. It needs a database.
   *
   * @default - true where there is a database
   * @featured
   */
  readonly example?: boolean;

  /**
   * The HTTP server.
   *
   * @default - port 3000, probes on port 9464, API documentation in dev only
   */
  readonly web?: FastifyServerOptions;

  /**
   * The backups of the database.
   *
   * @default - on where there is a database, with an RPO of 1 hour and an RTO of 4
   */
  readonly backup?: ServiceBackup;

  /**
   * Metrics, logs, traces, objectives, alerts and dashboards.
   *
   * @default - on
   */
  readonly observability?: ServiceObservability;

  /**
   * The container image and the local stack of containers.
   *
   * @default - on
   */
  readonly container?: ServiceContainer;

  /**
   * The Git hook and the workflow that run the checks.
   *
   * @default - on, for the branch main
   */
  readonly delivery?: ServiceDelivery;

  /**
   * The manifests for Kubernetes below `k8s/`.
   *
   * @default - on, for every environment but those on developers' machines
   */
  readonly kubernetes?: ServiceKubernetes;

  /**
   * The pages below `docs/`.
   *
   * @default - on
   */
  readonly guides?: ServiceGuides;

  /**
   * The environments the service runs in.
   *
   * @default - dev, staging and prod
   */
  readonly environments?: Environment[];

  /**
   * npm packages the service needs at run time, such as `stripe@^20`.
   *
   * @default - those of the platform
   */
  readonly deps?: string[];

  /**
   * npm packages that only development needs.
   *
   * @default - those of the toolchain
   */
  readonly devDeps?: string[];

  /**
   * The project that this one is a part of, in a monorepo.
   *
   * @default - none: the service has a repository of its own
   */
  readonly parent?: Project;

  /**
   * The folder of the service. Must be given, relative to the parent, in a monorepo.
   *
   * @default "."
   */
  readonly outdir?: string;
}
