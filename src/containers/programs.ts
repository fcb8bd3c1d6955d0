import type { Service, ServiceProblem } from '../service';
import { baseImage, reference } from './base-images';

/** Where the stage gathers what the image gets. */
export const PROGRAMS_FOLDER = '/programs';

interface Origin {
  /** The image that has them, by its name in `assets/containers/base-images.json`. */
  readonly image: string;
  /** The Debian package, where the image does not have them yet. */
  readonly package?: string;
}

const POSTGRESQL: Origin = { image: 'postgresql-client' };
const MARIADB: Origin = { image: 'node-build', package: 'mariadb-client' };

/** Where the programs that processes name come from. All are of the Debian release of the image that runs. */
const ORIGINS: Record<string, Origin> = {
  pg_dump: POSTGRESQL,
  pg_restore: POSTGRESQL,
  mariadb: MARIADB,
  'mariadb-dump': MARIADB,
};

/** Belong to the C library, which the image that runs has; two of them would not fit together. */
const C_LIBRARY = 'ld-linux|libc|libm|libdl|libpthread|librt|libresolv|libgcc_s|libstdc\\+\\+';

/**
 * The programs that processes run besides Node.
 */
export function programsOf(service: Service): string[] {
  return [...new Set(service.processes.flatMap(({ programs }) => programs))].sort();
}

/**
 * The stage that gathers them, with the libraries they need. Each of the two kinds comes from an image of its own, and a service
 * has one database.
 */
export function programsStage(service: Service): string[] {
  const programs = programsOf(service).filter((program) => program in ORIGINS);
  const [first] = programs;
  if (first === undefined) {
    return [];
  }
  const { image, package: debian } = ORIGINS[first]!;
  const install =
    debian === undefined
      ? ''
      : `apt-get update && apt-get install --yes --no-install-recommends ${debian} && rm -rf /var/lib/apt/lists/* && \\\n    `;
  return [
    `
# The programs that processes run besides Node, with the libraries they need; on the platform of the image
FROM ${reference(baseImage(image))} AS programs
RUN ${install}for program in ${programs.join(' ')}; do \\
      file=$(readlink -f "$(ls /usr/lib/postgresql/*/bin/$program 2>/dev/null || command -v $program)") && \\
      install -D "$file" ${PROGRAMS_FOLDER}/usr/bin/$program && \\
      ldd "$file" | awk '$3 ~ "^/" { print $3 }' | grep -vE '/(${C_LIBRARY})[.-]' | while read -r library; do \\
        install -D "$library" "${PROGRAMS_FOLDER}/usr/\${library#/usr/}"; \\
      done || exit 1; \\
    done`,
  ];
}

/**
 * Programs that nobody knows where to get.
 */
export function programProblems(service: Service): ServiceProblem[] {
  return service.processes.flatMap((process) =>
    process.programs
      .filter((program) => !(program in ORIGINS))
      .map((program) => ({
        place: process.place,
        message: 'runs a program that the image cannot get',
        value: program,
        fix: `use one of ${Object.keys(ORIGINS).sort().join(', ')}, or build an image of your own with container: { enabled: false }`,
      })),
  );
}
