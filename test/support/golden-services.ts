import { Database, NodeServiceProject } from '../../src';

/**
 * The services whose generated files are reviewed as real files below `test/golden`.
 */
export const goldenServices: Record<string, (outdir: string) => NodeServiceProject> = {
  /** What a new user gets. */
  default: (outdir) => new NodeServiceProject({ name: 'orders', outdir }),

  /** The other embedded database, and one route instead of the example. */
  'sqlite-minimal': (outdir) =>
    new NodeServiceProject({ name: 'notes', database: Database.SQLITE, example: false, outdir }),

  /** Everything off: a bare Fastify service remains. */
  bare: (outdir) =>
    new NodeServiceProject({
      name: 'hello',
      database: Database.NONE,
      observability: { enabled: false },
      delivery: { enabled: false },
      kubernetes: { enabled: false },
      guides: { enabled: false },
      outdir,
    }),
};
