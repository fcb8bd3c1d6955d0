import type { ConfigVariable, IServiceValidation, Service, ServiceProblem, ServiceProcess } from '../service';

/** Connections PostgreSQL keeps back for its superuser, so that somebody can always look. */
const RESERVED = 3;

/** Readiness asks on a connection of its own, because a busy pool is not a dead database. */
const PROBE = 1;

/**
 * All replicas of all processes must fit into the connections the database accepts, and leave some for people.
 */
export class ConnectionBudget implements IServiceValidation {
  /**
   * @param limit connections the database accepts
   */
  constructor(private readonly limit: number) {}

  public validate(service: Service): ServiceProblem[] {
    const pool = service.tryFindConfigVariable('DATABASE_POOL_SIZE');
    if (pool === undefined) {
      return [];
    }
    const available = this.limit - RESERVED;
    return service.environments.flatMap(({ name: environment }) => {
      const shares = service.processes
        .filter(({ isLongRunning }) => isLongRunning)
        .map((process) => shareOf(service, process, environment, pool));
      const wanted = shares.reduce((sum, { connections }) => sum + connections, 0);
      return wanted <= available
        ? []
        : [
            {
              place: `environment ${environment}`,
              message: `its processes may open ${wanted} database connections (${shares
                .map(({ process, replicas, each }) => `${process}: ${replicas} × ${each}`)
                .join(', ')}), but the database accepts ${this.limit}, of which ${RESERVED} are kept back`,
              fix: `lower DATABASE_POOL_SIZE or the replicas, raise the database's limit and connectionLimit with it, or put a connection pooler in between`,
            },
          ];
    });
  }
}

function shareOf(service: Service, process: ServiceProcess, environment: string, pool: ConfigVariable) {
  const replicas = service.tryFindReplicas(process.name, environment)?.max ?? 1;
  const size = Number(pool.valueIn(environment));
  const { name, databaseConnections: own } = process;
  const each = own === undefined ? `(${size} + ${PROBE})` : `${own}`;
  return { process: name, replicas, each, connections: replicas * (own ?? size + PROBE) };
}
