import { Duration, type Service, type ServiceProblem, type ServiceProcess } from '../service';
import type { Blueprint } from './blueprint';
import type { ManifestFiles } from './manifest-files';

/** How long users may have the version that is not wanted any more. */
const LIMIT = Duration.minutes(2);

/** From a pod's creation until its process runs, on a node that has the image: scheduling, mounts, the container, Node. */
const START = Duration.seconds(10);

/** How long it takes, at most, until every pod is of the version before. */
export interface Rollback {
  /** How many times pods are replaced, some at a time. */
  readonly rounds: number;
  /** What each of them takes, in seconds. */
  readonly round: number;
  /** Until the first pod of the version before serves, in seconds. */
  readonly first: number;
  /** Until all do, in seconds. */
  readonly total: number;
}

/**
 * What the manifests themselves make of going back to the version before, with as many pods as there may be. Nothing that has to be pulled or
 * migrated is in it: nodes have the image of the version before, and it works on the newer schema.
 *
 * @returns nothing for what is no Deployment
 */
export function rollbackOf(
  blueprint: Blueprint,
  files: ManifestFiles,
  process: ServiceProcess,
  environment: string,
): Rollback | undefined {
  const spec = files.deploymentSpec(process, environment);
  if (spec === undefined) {
    return undefined;
  }
  const [container] = spec.template.spec.containers;
  const noticed = START.toSeconds() + periodOf(container.startupProbe) + periodOf(container.readinessProbe);
  const round = noticed + (spec.minReadySeconds ?? 0);
  if (spec.strategy?.type === 'Recreate') {
    const first = spec.template.spec.terminationGracePeriodSeconds + noticed;
    return { rounds: 1, round: first, first, total: first };
  }
  const { blueGreen, canary } = files.rolloutSpec(process, environment)?.strategy ?? {};
  if (blueGreen !== undefined) {
    // All of them start beside the others, and take over together.
    return { rounds: 1, round, first: round, total: round };
  }
  const { max } = blueprint.replicasOf(process, environment);
  const { maxSurge, maxUnavailable } = canary ?? spec.strategy?.rollingUpdate ?? {};
  const atATime = Math.max(1, podsOf(maxSurge, max, Math.ceil) + podsOf(maxUnavailable, max, Math.floor));
  const rounds = Math.ceil(max / atATime);
  return { rounds, round, first: noticed, total: rounds * round };
}

/** Going back must be quicker than people look for what is wrong. */
export function rollbackProblems(blueprint: Blueprint, files: ManifestFiles, service: Service): ServiceProblem[] {
  return blueprint.environments.flatMap(({ name }) =>
    service.processes
      .filter(({ isLongRunning }) => isLongRunning)
      .flatMap((process) => {
        const place = `${process.place} in ${name}`;
        const rollback = rollbackOf(blueprint, files, process, name);
        const rollout = files.rolloutSpec(process, name);
        const problems: ServiceProblem[] = [];
        if (rollback !== undefined && rollback.total > LIMIT.toSeconds()) {
          problems.push({
            place,
            message: `goes back to the version before in ${rollback.total}s (${shown(rollback)}), and ${LIMIT} is the limit`,
            fix: 'shorten minReadySeconds or the periods of its probes, or raise maxSurge',
          });
        }
        if (rollout !== undefined && !(rollout.rollbackWindow?.revisions > 0)) {
          problems.push({
            place,
            message: 'goes back to the version before by every step of the rollout and its analysis, as if it were new',
            fix: 'leave spec.rollbackWindow.revisions of its Rollout at 1 or more',
          });
        }
        return problems;
      }),
  );
}

export function shown({ rounds, round }: Rollback): string {
  return rounds === 1 ? `all at once, ${round}s` : `${rounds} rounds of ${round}s`;
}

function periodOf(probe: { periodSeconds?: number } | undefined): number {
  return probe?.periodSeconds ?? 0;
}

/** A number of pods, or a share of those there are. */
function podsOf(value: number | string | undefined, pods: number, rounded: (share: number) => number): number {
  return typeof value === 'string' ? rounded((Number.parseFloat(value) / 100) * pods) : (value ?? 0);
}
