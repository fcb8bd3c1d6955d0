import { Database } from '../migrations';
import type { ServiceProblem } from '../service';
import type { NodeServiceProjectOptions } from './node-service-options';

/**
 * What is wrong with the options of a service by themselves and together.
 */
export function optionProblems(options: NodeServiceProjectOptions): ServiceProblem[] {
  const problems: ServiceProblem[] = [];
  const databases = Object.values(Database);
  // "projen new" turns a flag with an unknown value into a member that is present and undefined.
  if ('database' in options && !databases.includes(options.database as Database)) {
    problems.push({
      place: 'database',
      message: `must be one of ${databases.join(', ')}`,
      value: options.database,
      fix: 'migrations, client and tools are written for these; choose one of them',
    });
  }
  if (options.example === true && options.database === Database.NONE) {
    problems.push({
      place: 'example',
      message: 'the example is an order service, which keeps its orders in a database, but database is none',
      fix: 'choose a database, or drop example',
    });
  }
  return problems;
}
