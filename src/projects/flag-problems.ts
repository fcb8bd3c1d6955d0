import type { ServiceProblem } from '../service';

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
      const meant = FLAGS.includes(flag) ? undefined : FLAGS.find((known) => edits(flag, known) <= 2);
      return meant === undefined
        ? []
        : [{ place: `--${flag}`, message: 'is no flag of projen new', fix: `write --${meant}` }];
    });
}

/** How many letters have to be put in, left out or replaced to make one word of the other. */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      next.push(Math.min(row[j]! + (letter === other ? 0 : 1), row[j + 1]! + 1, next[j]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
