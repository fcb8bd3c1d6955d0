import type { ServiceProcess } from '../../service';
import { type Blueprint, seconds } from '../blueprint';
import { podTemplate } from './pod';

/** When Argo CD applies something: what pods need, then jobs of the release, then pods. Nothing else reads it. */
const WAVE = 'argocd.argoproj.io/sync-wave';

/** Long enough to read its log, short enough not to pile up. */
const JOB_KEPT = 24 * 60 * 60;

/**
 * A process that runs until told to stop. Where its number is a range, the autoscaler says how many there are.
 */
export function deployment(blueprint: Blueprint, process: ServiceProcess): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: blueprint.nameOf(process),
      labels: blueprint.selectorOf(process),
      annotations: { 'kubernetes.io/description': process.description, [WAVE]: '2' },
    },
    spec: {
      ...replicas(blueprint, process),
      revisionHistoryLimit: 5,
      progressDeadlineSeconds: seconds(blueprint.progressDeadline),
      minReadySeconds: 5,
      strategy: blueprint.runsAlone(process)
        ? { type: 'Recreate' }
        : { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
      selector: { matchLabels: blueprint.selectorOf(process) },
      template: podTemplate(blueprint, process),
    },
  };
}

/**
 * None under a Rollout, which takes the template from here and, once its own pods are ready, scales the Deployment down: zero from here would
 * take the pods of a running service away first.
 */
function replicas(blueprint: Blueprint, process: ServiceProcess): object {
  return blueprint.rollsOut(process) ? {} : fixedReplicas(blueprint, process);
}

/** How many pods there are where no autoscaler says so; under one, each apply would take its pods away again. */
export function fixedReplicas(blueprint: Blueprint, process: ServiceProcess, environment?: string): object {
  return blueprint.isAutoscaled(process, environment)
    ? {}
    : { replicas: blueprint.replicasOf(process, environment).min };
}

/**
 * A process that runs once per release, before its pods. Overlays give each release a name of its own.
 */
export function job(blueprint: Blueprint, process: ServiceProcess): object | undefined {
  if (blueprint.keepsDataInFile) {
    return undefined;
  }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: blueprint.nameOf(process),
      labels: blueprint.selectorOf(process),
      annotations: {
        'kubernetes.io/description': process.description,
        'argocd.argoproj.io/hook': 'Sync',
        'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
        [WAVE]: '1',
      },
    },
    spec: { ...jobSpec(blueprint, process, 2, JOB_KEPT), podReplacementPolicy: 'Failed' },
  };
}

/**
 * A process that runs on a schedule, never beside itself.
 */
export function cronJob(blueprint: Blueprint, process: ServiceProcess): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: {
      name: blueprint.nameOf(process),
      labels: blueprint.selectorOf(process),
      annotations: { 'kubernetes.io/description': process.description, [WAVE]: '2' },
    },
    spec: {
      schedule: process.schedule?.expression,
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      // A start that was missed by more than this is left to the next one.
      startingDeadlineSeconds: 300,
      successfulJobsHistoryLimit: 1,
      // No time to live beside it: the alert about a run that failed would end with its Job, although none has succeeded.
      failedJobsHistoryLimit: 3,
      jobTemplate: { metadata: { labels: blueprint.selectorOf(process) }, spec: jobSpec(blueprint, process, 1) },
    },
  };
}

function jobSpec(blueprint: Blueprint, process: ServiceProcess, backoffLimit: number, kept?: number): object {
  return {
    backoffLimit,
    activeDeadlineSeconds: process.deadline === undefined ? undefined : seconds(process.deadline),
    ttlSecondsAfterFinished: kept,
    template: podTemplate(blueprint, process),
  };
}
