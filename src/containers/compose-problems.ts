import type { Service, ServiceProblem } from '../service';
import { publishedPorts } from './compose-file';
import { LocalStack } from './local-stack';

/**
 * What cannot be on one machine at the same time.
 */
export function composeProblems(service: Service): ServiceProblem[] {
  return [...nameClashes(service), ...portClashes(service)];
}

/** In the stack, processes and backing services are hosts of one namespace. */
function nameClashes(service: Service): ServiceProblem[] {
  const processes = service.processes.map(({ name }) => name);
  return new LocalStack(service).backingServices
    .filter(({ fact }) => processes.includes(fact.name))
    .map(({ fact }) => ({
      place: fact.place,
      message: 'has the name of a process, and both are hosts of the local stack',
      value: fact.name,
      fix: 'give one of them another name',
    }));
}

function portClashes(service: Service): ServiceProblem[] {
  const { environment } = new LocalStack(service);
  const taken = new Map<string, string>();
  return service.processes.flatMap((process) =>
    publishedPorts(service, process, environment).flatMap((port) => {
      const other = taken.get(port);
      taken.set(port, process.name);
      return other === undefined
        ? []
        : [
            {
              place: process.place,
              message: `publishes the same port of this machine as ${other}`,
              value: port,
              fix: 'give it a portVariable and a managementPortVariable of its own',
            },
          ];
    }),
  );
}
