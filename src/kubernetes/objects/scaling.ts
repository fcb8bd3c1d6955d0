import type { ServiceProcess } from '../../service';
import type { Blueprint } from '../blueprint';

/** Which object runs the pods. */
export function workloadRef(blueprint: Blueprint, process: ServiceProcess): object {
  return blueprint.rollsOut(process)
    ? { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: blueprint.nameOf(process) }
    : { apiVersion: 'apps/v1', kind: 'Deployment', name: blueprint.nameOf(process) };
}

/**
 * More pods at once when it gets busy, fewer one by one when it has been quiet for a while. Where there is nothing to choose there is none.
 */
export function horizontalPodAutoscaler(blueprint: Blueprint, process: ServiceProcess): object | undefined {
  if (!blueprint.isAutoscaled(process)) {
    return undefined;
  }
  const { min, max } = blueprint.replicasOf(process);
  return {
    ...head('autoscaling/v2', 'HorizontalPodAutoscaler', blueprint, process),
    spec: {
      scaleTargetRef: workloadRef(blueprint, process),
      minReplicas: min,
      maxReplicas: max,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      ],
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          selectPolicy: 'Max',
          policies: [
            { type: 'Percent', value: 100, periodSeconds: 30 },
            { type: 'Pods', value: 2, periodSeconds: 30 },
          ],
        },
        scaleDown: {
          stabilizationWindowSeconds: 300,
          selectPolicy: 'Min',
          policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
        },
      },
    },
  };
}

/**
 * Nodes are drained one pod at a time, and pods that do not work anyway hold up nobody.
 */
export function podDisruptionBudget(blueprint: Blueprint, process: ServiceProcess): object {
  return {
    ...head('policy/v1', 'PodDisruptionBudget', blueprint, process),
    spec: {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: blueprint.selectorOf(process) },
    },
  };
}

/** Says what pods would need, and changes nothing. */
export function verticalPodAutoscaler(blueprint: Blueprint, process: ServiceProcess): object | undefined {
  return blueprint.options.resourceRecommendations
    ? {
        ...head('autoscaling.k8s.io/v1', 'VerticalPodAutoscaler', blueprint, process),
        spec: {
          targetRef: workloadRef(blueprint, process),
          updatePolicy: { updateMode: 'Off' },
          resourcePolicy: { containerPolicies: [{ containerName: process.name, controlledValues: 'RequestsOnly' }] },
        },
      }
    : undefined;
}

export function head(apiVersion: string, kind: string, blueprint: Blueprint, process: ServiceProcess): object {
  return {
    apiVersion,
    kind,
    metadata: { name: blueprint.nameOf(process), labels: blueprint.selectorOf(process) },
  };
}
