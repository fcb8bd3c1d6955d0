import { posix } from 'node:path';
import { Component, type Project } from 'projen';
import { listAssets, OnceFiles, readAsset } from '../files';
import { Service } from '../service';
import { exampleMetrics } from './metrics';

/**
 * What can be chosen about the first code of a service.
 */
export interface ExampleServiceOptions {
  /**
   * The name of the database the service keeps its data in, `none` without one.
   *
   * @default "none"
   */
  readonly database?: string;

  /**
   * Whether to begin with the order service; otherwise with one route.
   *
   * @default - true where there is a database
   */
  readonly example?: boolean;

  /**
   * Whether the service has instruments to measure with.
   *
   * @default false
   */
  readonly measured?: boolean;
}

/**
 * The first code of a service: an order service to learn from, or one route.
 *
 * It is the user's from birth. Each file is written once; what the user edits or deletes stays so.
 *
 * @internal
 */
export class ExampleService extends Component {
  constructor(project: Project, options: ExampleServiceOptions = {}) {
    super(project, 'ExampleService');
    const database = options.database ?? 'none';
    const measured = options.measured ?? false;
    const folder = database !== 'none' && (options.example ?? true) ? EXAMPLE : MINIMAL;
    if (folder === EXAMPLE && measured) {
      // Derived, so that they give way to what the user states under their names.
      Service.of(project).addDerivation({ derive: exampleMetrics });
    }
    for (const path of listAssets(folder)) {
      const target = targetOf(path, database, measured);
      if (target !== undefined) {
        // Tests of a service with a database get one each, whatever they test.
        const source = target === TEST_SUPPORT && database !== 'none' ? EXAMPLE : folder;
        OnceFiles.of(project).add(target, () => readAsset(posix.join(source, path)));
      }
    }
  }
}

const EXAMPLE = 'node/example';
const MINIMAL = 'node/minimal';
const TEST_SUPPORT = 'test/support/service.ts';

/** Where the example says what it measures; what stands in for it in a service without instruments. */
const MEASURE = 'src/orders/measure.ts';
const MEASURE_NOTHING = 'src/orders/measure.nothing.ts';
const MEASURE_TEST = 'test/measure.test.ts';

/** Files below `prisma/` need a database; those below `prisma/migrations/<database>/` this one, and land without it. */
function targetOf(path: string, database: string, measured: boolean): string | undefined {
  if (path === MEASURE || path === MEASURE_NOTHING) {
    return (path === MEASURE) === measured ? MEASURE : undefined;
  }
  if (path === MEASURE_TEST && !measured) {
    return undefined;
  }
  if (database === 'none') {
    return path.startsWith('prisma/') ? undefined : path;
  }
  const migration = /^(prisma\/migrations\/)([a-z]+)\/(.*)$/.exec(path);
  if (migration === null) {
    return path;
  }
  return migration[2] === database ? `${migration[1]}${migration[3]}` : undefined;
}
