import { Cron, Duration, type ServiceProblem } from '../service';
import { longestPause } from './longest-pause';
import type { BackupOptions } from './options';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The pauses a schedule of cron can keep all day long, the longest first. */
const PAUSES: ReadonlyArray<readonly [minutes: number, expression: string]> = [
  [24 * 60, '17 3 * * *'],
  ...[12, 8, 6, 4, 3, 2].map((hours) => [hours * 60, `17 */${hours} * * *`] as const),
  [60, '17 * * * *'],
  ...[30, 20, 15, 10, 5].map((minutes) => [minutes, `*/${minutes} * * * *`] as const),
];

/**
 * When backups are made, and what that promises.
 */
export class Timetable {
  public readonly rpo: Duration;
  public readonly rto: Duration;
  public readonly schedule: Cron;
  public readonly pause: Duration;
  public readonly deadline: Duration;
  public readonly drill: Cron;

  constructor(options: BackupOptions) {
    this.rpo = options.rpo ?? Duration.hours(1);
    this.rto = options.rto ?? Duration.hours(4);
    this.schedule = options.schedule ?? scheduleFor(this.rpo);
    this.pause = longestPause(this.schedule);
    this.deadline = options.deadline ?? Duration.millis(Math.max(MINUTE, this.rpo.toMillis() - this.pause.toMillis()));
    this.drill = options.drill ?? Cron.weekly();
  }

  public problems(): ServiceProblem[] {
    const [rpo, pause, deadline] = [this.rpo, this.pause, this.deadline].map((duration) => duration.toMillis()) as [
      number,
      number,
      number,
    ];
    const problems: ServiceProblem[] = [];
    if (rpo < 10 * MINUTE) {
      problems.push({
        place: 'backup.rpo',
        message: 'is shorter than dumps of a whole database can keep',
        value: this.rpo.toString(),
        fix: 'give at least Duration.minutes(10); for less, let the database archive its write-ahead log',
      });
    } else if (pause + deadline > rpo) {
      problems.push({
        place: 'backup.schedule',
        message: `cannot keep an RPO of ${this.rpo}: up to ${this.pause} pass between two backups, and one may take ${this.deadline}`,
        value: this.schedule.expression,
        fix: 'run it more often, shorten backup.deadline, or allow a longer backup.rpo',
      });
    }
    if (this.rto.toMillis() < MINUTE) {
      problems.push({
        place: 'backup.rto',
        message: 'is less than any restore takes',
        value: this.rto.toString(),
        fix: 'give at least a minute',
      });
    }
    return problems;
  }
}

function scheduleFor(rpo: Duration): Cron {
  const half = rpo.toMillis() / 2 / MINUTE;
  const [, expression] = PAUSES.find(([minutes]) => minutes <= half) ?? PAUSES.at(-1)!;
  return Cron.parse(expression);
}

/** The time after which a weekly or rarer drill is overdue: two of its pauses. */
export function drillOverdueAfter(drill: Cron): Duration {
  return Duration.hours(Math.ceil((2 * longestPause(drill).toMillis()) / HOUR));
}
