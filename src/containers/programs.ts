import type { Service, ServiceProblem } from '../service';

/** The pinned images that programs are taken from. */
const SOURCES: Record<string, string> = {
  pg_basebackup: 'postgresql-programs',
  pg_dump: 'postgresql-programs',
  pg_receivewal: 'postgresql-programs',
  pg_restore: 'postgresql-programs',
  psql: 'postgresql-programs',
  mariadb: 'mariadb-programs',
  'mariadb-dump': 'mariadb-programs',
};

/**
 * The programs that processes run besides Node, by the pinned image that has them.
 */
export function programsBySource(service: Service): Array<readonly [source: string, programs: string[]]> {
  const programs = [...new Set(service.processes.flatMap((process) => process.programs))].sort();
  const sources = [...new Set(programs.flatMap((program) => SOURCES[program] ?? []))].sort();
  return sources.map((source) => [source, programs.filter((program) => SOURCES[program] === source)] as const);
}

/**
 * Programs that no image is known to have: the process would fail when it runs, which may be at night.
 */
export function programProblems(service: Service): ServiceProblem[] {
  return service.processes.flatMap((process) =>
    process.programs
      .filter((program) => SOURCES[program] === undefined)
      .map((program) => ({
        place: process.place,
        message: 'runs a program that the container image cannot have',
        value: program,
        fix: `use one of ${Object.keys(SOURCES).sort().join(', ')}, or switch the image off with container: { enabled: false } and bring your own`,
      })),
  );
}
