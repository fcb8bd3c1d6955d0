import type { Probe, ServiceProcess } from '../../service';
import { type Blueprint, seconds } from '../blueprint';

/**
 * Three different questions: has it started, should it get traffic, should it be restarted.
 */
export function probesOf(blueprint: Blueprint, process: ServiceProcess): object {
  const port = blueprint.managementPortName(process);
  return {
    startupProbe: probe(process.startupProbe, port),
    readinessProbe: probe(process.readinessProbe, port),
    livenessProbe: probe(process.livenessProbe, port),
  };
}

function probe(asked: Probe | undefined, port: string): object | undefined {
  return asked === undefined
    ? undefined
    : {
        httpGet: { path: asked.path, port, scheme: 'HTTP' },
        periodSeconds: seconds(asked.period),
        timeoutSeconds: seconds(asked.timeout),
        failureThreshold: asked.failureThreshold,
        successThreshold: 1,
      };
}
