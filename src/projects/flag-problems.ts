import type { ServiceProblem } from '../service';
import { distance } from '../service/nearest';

/** The flags of `projen new` that a service takes, as they are written. */
const FLAGS = ['name', 'description', 'database', 'example', 'no-example', 'outdir'];

/**
 * Flags that are nearly one of ours: `projen new --from` does not look at flags it does not know, and `--databse sqlite`
 * would make a service on PostgreSQL.
 *
 * @param args what `projen new` was called with
 */
export function flagProblems(args: readonly string[]): ServiceProblem[] {
  return args
    .filter((arg) => arg.startsWith('--'))
    .map((arg) => arg.slice(2).split('=')[0]!)
    .flatMap((flag) => {
      const meant = FLAGS.includes(flag) ? undefined : FLAGS.find((known) => distance(flag, known, 3) < 3);
      return meant === undefined
        ? []
        : [{ place: `--${flag}`, message: 'is no flag of projen new', fix: `write --${meant}` }];
    });
}
