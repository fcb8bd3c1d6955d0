import { Cron, Duration, Memory, type ServiceProblem } from '../service';

/**
 * What can be chosen about the archive of the write-ahead log.
 */
export interface WalArchiveProps {
  /**
   * How far back every moment can be had.
   *
   * @default Duration.days(7)
   */
  readonly window?: Duration;

  /**
   * When the whole server is copied. A recovery begins with the newest copy before its moment, so this decides how long it takes.
   *
   * @default Cron.parse('47 1 * * *') - daily
   */
  readonly base?: Cron;

  /**
   * How long one copy may take before it counts as failed.
   *
   * @default Duration.hours(6)
   */
  readonly deadline?: Duration;

  /**
   * How much of its log the server may keep for the archive before somebody is asked to act. `max_slot_wal_keep_size` of the server
   * should be larger, and its disk larger still.
   *
   * @default Memory.gibibytes(8)
   */
  readonly keptLog?: Memory;
}

/**
 * Who keeps the log between two backups.
 */
export interface ManagedRecoveryProps {
  /**
   * The platform, such as `Amazon RDS` or `Cloud SQL`, as pages name it.
   */
  readonly by: string;
}

/**
 * How PostgreSQL is brought back to any moment, and not only to that of a backup. It brings back the whole server, with all of its
 * databases. An RPO of minutes takes one of the two.
 *
 * @example
 * new DatabaseBackup(project, {
 *   rpo: Duration.minutes(5),
 *   pointInTime: PointInTimeRecovery.archive({ window: Duration.days(14) }),
 * });
 */
export class PointInTimeRecovery {
  /**
   * The service archives the log itself, into the stores of its backups: for servers of one's own that let a role replicate.
   */
  public static archive(props: WalArchiveProps = {}): PointInTimeRecovery {
    return new PointInTimeRecovery(props);
  }

  /**
   * The platform that runs the server does, as a setting of its own. Most of them let nobody replicate, and bring servers back
   * themselves; pages and alerts then say what is theirs.
   */
  public static managed(props: ManagedRecoveryProps): PointInTimeRecovery {
    return new PointInTimeRecovery({}, props.by);
  }

  /** @internal */
  public readonly _window: Duration;
  /** @internal */
  public readonly _base: Cron;
  /** @internal */
  public readonly _deadline: Duration;
  /** @internal */
  public readonly _keptLog: Memory;

  private constructor(
    props: WalArchiveProps,
    /** The platform that keeps the log; undefined where the service does. */
    public readonly managedBy?: string,
  ) {
    this._window = props.window ?? Duration.days(7);
    this._base = props.base ?? Cron.parse('47 1 * * *');
    this._deadline = props.deadline ?? Duration.hours(6);
    this._keptLog = props.keptLog ?? Memory.gibibytes(8);
  }

  /** Whether the service archives by itself. */
  public get isArchived(): boolean {
    return this.managedBy === undefined;
  }

  /** @internal */
  public _problems(): ServiceProblem[] {
    const problems: ServiceProblem[] = [];
    if (this.managedBy?.trim() === '') {
      problems.push({
        place: 'backup.pointInTime.by',
        message: 'is empty',
        value: this.managedBy,
        fix: 'name the platform, such as Amazon RDS',
      });
    }
    const pause = this._base.longestPause;
    if (this._window.toMillis() < 2 * pause.toMillis()) {
      problems.push({
        place: 'backup.pointInTime.window',
        message: `is shorter than two pauses of ${pause} between base backups, so one that fails would end it`,
        value: this._window.toString(),
        fix: 'give a longer window, or a base that runs more often',
      });
    }
    return problems;
  }
}
