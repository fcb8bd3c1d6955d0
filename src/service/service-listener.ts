import type { Alert } from './alert';
import type { BackingService } from './backing-service';
import type { Check } from './check';
import type { ConfigVariable } from './config-variable';
import type { Environment } from './environment';
import type { Guide } from './guide';
import type { LocalContainers } from './local-containers';
import type { Metric } from './metric';
import type { Objective } from './objective';
import type { Panel } from './panel';
import type { ProcessIdentity } from './process-identity';
import type { ReadinessCheck } from './readiness-check';
import type { RecordingRule } from './recording-rule';
import type { Replicas } from './replicas';
import type { SecretReference } from './secret-reference';
import type { SecretStore } from './secret-store';
import type { ServiceProcess } from './service-process';
import type { Waiver } from './waiver';

/**
 * Hears of every fact once, those already stated included; of derived facts when synthesis begins.
 *
 * Where a fact was stated by several, the one that is heard may not be the one that stands for all of them in
 * the end: keep its name, and read the rest from the service at synthesis.
 *
 * Extend it and override what you care about. A capability uses it to create a
 * file as soon as the fact behind it exists, so that escape hatches find the
 * file in `.projenrc.ts`; the file's content waits for synthesis.
 *
 * @example
 * class Dashboards extends ServiceListener {
 *   public override metricStated(metric: Metric) {
 *     new JsonFile(project, `panels/${metric.name}.json`, { obj: () => panelFor(metric) });
 *   }
 * }
 * service.subscribe(new Dashboards());
 */
export class ServiceListener {
  /** An environment was stated. */
  public environmentStated(_environment: Environment): void {}
  /** A config variable was stated. */
  public configVariableStated(_variable: ConfigVariable): void {}
  /** A backing service was stated. */
  public backingServiceStated(_backingService: BackingService): void {}
  /** A process was stated. */
  public processStated(_process: ServiceProcess): void {}
  /** A readiness check was stated. */
  public readinessCheckStated(_check: ReadinessCheck): void {}
  /** A metric was stated. */
  public metricStated(_metric: Metric): void {}
  /** An objective was stated. */
  public objectiveStated(_objective: Objective): void {}
  /** A recording rule was stated. */
  public recordingRuleStated(_rule: RecordingRule): void {}
  /** An alert was stated. */
  public alertStated(_alert: Alert): void {}
  /** A panel was stated. */
  public panelStated(_panel: Panel): void {}
  /** A check was stated. */
  public checkStated(_check: Check): void {}
  /** A guide was stated. */
  public guideStated(_guide: Guide): void {}
  /** Somebody said how many of a process run in an environment. */
  public replicasStated(_replicas: Replicas): void {}
  /** A secret store was stated. */
  public secretStoreStated(_store: SecretStore): void {}
  /** Somebody said where a secret is kept. */
  public secretReferenceStated(_reference: SecretReference): void {}
  /** Containers that run beside the service were stated. */
  public localContainersStated(_containers: LocalContainers): void {}
  /** An identity of some processes was stated. */
  public identityStated(_identity: ProcessIdentity): void {}
  /** A waiver was stated. */
  public waiverStated(_waiver: Waiver): void {}
}
