import { Duration, type Objective, type ServiceProcess } from '../../service';
import { type Blueprint, seconds } from '../blueprint';
import { K8sRolloutKind } from '../k8s-rollout';
import { prometheusOf } from './monitoring';
import { head } from './scaling';
import { fixedReplicas } from './workloads';

/** The metric that objectives are about. */
export const REQUEST_DURATION = 'http_server_request_duration_seconds';

/** How many times faster than allowed the new version may spend the error budget, as a page has it. */
const TOLERATED_BURN = 14.4;

/** The most requests that may fail whatever the objective: an easy one would let a version through that answers nothing. */
const TOLERATED = 0.5;

/** The Service that the operator gives every Prometheus, in its namespace. */
function prometheusAt(blueprint: Blueprint): string {
  return `http://prometheus-operated.${prometheusOf(blueprint)?.namespace}.svc:9090`;
}

/** Runs the pods of a Deployment's template, version beside version. */
export function rollout(blueprint: Blueprint, process: ServiceProcess): object | undefined {
  if (!blueprint.rollsOut(process)) {
    return undefined;
  }
  return {
    ...head('argoproj.io/v1alpha1', 'Rollout', blueprint, process),
    spec: {
      ...fixedReplicas(blueprint, process),
      revisionHistoryLimit: 5,
      // Going back is not going forward slowly: no steps, no analysis.
      rollbackWindow: { revisions: 3 },
      progressDeadlineSeconds: seconds(blueprint.progressDeadline),
      progressDeadlineAbort: true,
      selector: { matchLabels: blueprint.selectorOf(process) },
      workloadRef: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: blueprint.nameOf(process),
        scaleDown: 'onsuccess',
      },
      strategy: strategy(blueprint, process),
    },
  };
}

function strategy(blueprint: Blueprint, process: ServiceProcess): object {
  const { _kind, _props: props } = blueprint.options.rollout!;
  const analysis = {
    templates: [{ templateName: blueprint.nameOf(process) }],
    args: [{ name: 'version', valueFrom: { podTemplateHashValue: 'Latest' } }],
  };
  if (_kind === K8sRolloutKind.BLUE_GREEN) {
    return {
      blueGreen: {
        activeService: blueprint.nameOf(process),
        previewService: `${blueprint.nameOf(process)}-preview`,
        autoPromotionEnabled: true,
        scaleDownDelaySeconds: seconds(props.watch ?? Duration.minutes(10)),
        postPromotionAnalysis: analysis,
      },
    };
  }
  const pause = { pause: { duration: `${seconds(props.pause ?? Duration.minutes(5))}s` } };
  return {
    canary: {
      maxSurge: '25%',
      maxUnavailable: 0,
      analysis: { ...analysis, startingStep: 1 },
      steps: (props.steps ?? [10, 30, 60]).flatMap((setWeight) => [{ setWeight }, pause]),
    },
  };
}

/** Where the new version is looked at before it takes over. */
export function previewService(blueprint: Blueprint, process: ServiceProcess): any {
  if (!blueprint.rollsOut(process) || blueprint.options.rollout?._kind !== K8sRolloutKind.BLUE_GREEN) {
    return undefined;
  }
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `${blueprint.nameOf(process)}-preview`, labels: blueprint.selectorOf(process) },
    spec: {
      type: 'ClusterIP',
      selector: blueprint.selectorOf(process),
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP', appProtocol: 'http' }],
    },
  };
}

/** Whether the new version keeps the service's promises; when it does not, the old one comes back by itself. */
export function analysisTemplate(blueprint: Blueprint, process: ServiceProcess): object | undefined {
  if (!blueprint.rollsOut(process)) {
    return undefined;
  }
  const { _kind, _props: props } = blueprint.options.rollout!;
  // A canary is watched for as long as it grows; after a switch the analysis has an end.
  const count = _kind === K8sRolloutKind.BLUE_GREEN ? { count: watched(props.watch ?? Duration.minutes(10)) } : {};
  return {
    ...head('argoproj.io/v1alpha1', 'AnalysisTemplate', blueprint, process),
    spec: {
      args: [{ name: 'version' }],
      metrics: blueprint.service.objectives.map((objective) => ({
        name: objective.name,
        initialDelay: '60s',
        interval: '60s',
        ...count,
        failureLimit: 1,
        consecutiveErrorLimit: 4,
        // Without requests there is nothing to hold against it.
        successCondition: `len(result) == 0 || isNaN(result[0]) || result[0] <= ${tolerated(objective)}`,
        provider: {
          prometheus: {
            address: props.prometheus ?? prometheusAt(blueprint),
            query: errorRatio(blueprint, objective),
          },
        },
      })),
    },
  };
}

function watched(watch: Duration): number {
  return Math.max(1, Math.floor(watch.toSeconds() / 60));
}

function tolerated({ errorBudget }: Objective): number {
  return Number(Math.min(TOLERATED, TOLERATED_BURN * errorBudget).toFixed(6));
}

/** The share of bad requests among those that pods of the new version answered. */
function errorRatio(blueprint: Blueprint, { route, latency }: Objective): string {
  const [method, template] = route?.split(' ') ?? [];
  const common = [
    `namespace="${blueprint.namespace}"`,
    'rollouts_pod_template_hash="{{args.version}}"',
    ...(route === undefined ? [] : [`method="${method}"`, `route=${JSON.stringify(template)}`]),
  ];
  const rate = (suffix: string, ...more: string[]) =>
    `sum(rate(${REQUEST_DURATION}_${suffix}{${[...common, ...more].join(', ')}}[5m]))`;
  if (latency === undefined) {
    const total = rate('count');
    return `(${rate('count', 'status=~"5.."')} or 0 * ${total}) / ${total}`;
  }
  return `1 - ${rate('bucket', 'status!~"5.."', bound(latency.toSeconds()))} / ${rate('count', 'status!~"5.."')}`;
}

/** Prometheus 3 writes whole bounds as `1.0`, clients and Prometheus 2 as `1`. */
function bound(bucket: number): string {
  return Number.isInteger(bucket) ? `le=~"${bucket}(\\\\.0)?"` : `le="${bucket}"`;
}
