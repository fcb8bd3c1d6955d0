import { Duration, type IServiceValidation, type Service, type ServiceProblem } from '../service';

/**
 * What the server needs beyond `REQUEST_TIMEOUT` until its last request is answered: it gives up on a handler two seconds after
 * that, looks once a second, and then closes what it opened.
 */
const MARGIN = Duration.seconds(4);

/**
 * A request that is in hand when the server is told to stop is answered, however slow it is: the grace is longer than a request may take.
 */
export class ShutdownRules implements IServiceValidation {
  public validate(service: Service): ServiceProblem[] {
    return service.environments.flatMap(({ name }) => {
      const timeout = duration(service, 'REQUEST_TIMEOUT', name);
      const grace = duration(service, 'SHUTDOWN_GRACE', name);
      if (timeout === undefined || grace === undefined || grace.toMillis() >= timeout.toMillis() + MARGIN.toMillis()) {
        return [];
      }
      const wanted = Duration.millis(timeout.toMillis() + MARGIN.toMillis());
      return [
        {
          place: `config variable SHUTDOWN_GRACE in ${name}`,
          message: `is over before a request may be, which REQUEST_TIMEOUT gives ${timeout}: the slowest would be cut off when the server stops`,
          value: `${grace}`,
          fix: `raise it to ${wanted} or more, or shorten REQUEST_TIMEOUT`,
        },
      ];
    });
  }
}

function duration(service: Service, variable: string, environment: string): Duration | undefined {
  const value = service.tryFindConfigVariable(variable)?.valueIn(environment);
  try {
    return typeof value === 'string' ? Duration.parse(value) : value;
  } catch {
    // What is no duration is a problem of the variable, which reports it.
    return undefined;
  }
}
