import { Cron, Duration, type ServiceProblem } from '../service';
import { type BackupOptions, BackupSource } from './options';
import type { PointInTimeRecovery } from './point-in-time-recovery';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The pauses a schedule of cron can keep all day long, the longest first. */
const PAUSES: ReadonlyArray<readonly [minutes: number, expression: string]> = [
  [24 * 60, '17 3 * * *'],
  ...[12, 8, 6, 4, 3, 2].map((hours) => [hours * 60, `17 */${hours} * * *`] as const),
  [60, '17 * * * *'],
  ...[30, 20, 15, 10, 5].map((minutes) => [minutes, `*/${minutes} * * * *`] as const),
];

/** The shortest RPO that dumps keep, and that an archive keeps. */
const SHORTEST_OF_DUMPS = 10 * MINUTE;
const SHORTEST_OF_ARCHIVE = MINUTE;

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
  public readonly pointInTime?: PointInTimeRecovery;

  constructor(
    options: BackupOptions,
    private readonly source: BackupSource = BackupSource.POSTGRESQL,
  ) {
    this.pointInTime = options.pointInTime;
    this.rpo = options.rpo ?? Duration.hours(1);
    this.rto = options.rto ?? Duration.hours(4);
    this.schedule = options.schedule ?? (this.pointInTime ? Cron.parse('17 3 * * *') : scheduleFor(this.rpo));
    this.pause = this.schedule.longestPause;
    this.deadline = options.deadline ?? this.usualDeadline();
    this.drill = options.drill ?? Cron.weekly();
  }

  /** What the service archives by itself, where it does. */
  public get archive(): PointInTimeRecovery | undefined {
    return this.source === BackupSource.POSTGRESQL && this.pointInTime?.isArchived ? this.pointInTime : undefined;
  }

  /** How old the newest backup may become. Only without an archive is that what may be lost. */
  public get oldest(): Duration {
    return this.pointInTime ? Duration.millis(this.pause.toMillis() + this.deadline.toMillis()) : this.rpo;
  }

  /** How often the archive is brought up to date while there is little to do: four times in an RPO, and once a minute at least. */
  public get interval(): Duration {
    return Duration.millis(Math.min(MINUTE, Math.floor(this.rpo.toMillis() / 4)));
  }

  public problems(): ServiceProblem[] {
    const problems = [...this.rpoProblems(), ...(this.pointInTime?._problems() ?? [])];
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

  private rpoProblems(): ServiceProblem[] {
    const { rpo, pause, deadline, pointInTime } = this;
    if (pointInTime) {
      return rpo.toMillis() >= SHORTEST_OF_ARCHIVE
        ? []
        : [
            {
              place: 'backup.rpo',
              message: 'is shorter than an archive can keep',
              value: rpo.toString(),
              fix: 'give at least Duration.minutes(1); for less, run a synchronous standby',
            },
          ];
    }
    if (rpo.toMillis() < SHORTEST_OF_DUMPS) {
      return [
        {
          place: 'backup.rpo',
          message: 'is shorter than dumps of a whole database can keep',
          value: rpo.toString(),
          fix: 'give at least Duration.minutes(10), or pointInTime: PointInTimeRecovery.archive()',
        },
      ];
    }
    return pause.toMillis() + deadline.toMillis() <= rpo.toMillis()
      ? []
      : [
          {
            place: 'backup.schedule',
            message: `cannot keep an RPO of ${rpo}: up to ${pause} pass between two backups, and one may take ${deadline}`,
            value: this.schedule.expression,
            fix: 'run it more often, shorten backup.deadline, or allow a longer backup.rpo',
          },
        ];
  }

  private usualDeadline(): Duration {
    return this.pointInTime
      ? Duration.hours(6)
      : Duration.millis(Math.max(MINUTE, this.rpo.toMillis() - this.pause.toMillis()));
  }
}

function scheduleFor(rpo: Duration): Cron {
  const half = rpo.toMillis() / 2 / MINUTE;
  const [, expression] = PAUSES.find(([minutes]) => minutes <= half) ?? PAUSES.at(-1)!;
  return Cron.parse(expression);
}

/** The time after which a weekly or rarer drill is overdue: two of its pauses. */
export function drillOverdueAfter(drill: Cron): Duration {
  return Duration.hours(Math.ceil((2 * drill.longestPause.toMillis()) / HOUR));
}
