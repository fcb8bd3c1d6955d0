import { posix } from 'node:path';
import { Component, type Project } from 'projen';
import { listAssets, OnceFiles, readAsset } from '../files';

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
    const example = database !== 'none' && (options.example ?? true);
    this.handOver(example ? 'node/example' : 'node/minimal', database);
  }

  /** Files below `prisma/` need a database; those below `prisma/migrations/<database>/` this one. */
  private handOver(folder: string, database: string): void {
    for (const path of listAssets(folder)) {
      const [, before, provider, after] = /^(prisma\/migrations\/)([a-z]+)\/(.*)$/.exec(path) ?? [];
      const belongs =
        provider === undefined ? database !== 'none' || !path.startsWith('prisma/') : provider === database;
      if (belongs) {
        const target = provider === undefined ? path : `${before}${after}`;
        OnceFiles.of(this.project).add(target, () => readAsset(posix.join(folder, path)));
      }
    }
  }
}
