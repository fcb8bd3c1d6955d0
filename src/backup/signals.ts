import { Alert, AlertSeverity, type AlertTest, Duration, type Fact, Metric, MetricSource, Panel } from '../service';
import type { PointInTimeRecovery } from './point-in-time-recovery';
import { drillOverdueAfter, type Timetable } from './timetable';
import { DEPLOYED, seconds, Watched } from './watched';

const STATED_BY = 'DatabaseBackup';

/**
 * What backups say of themselves, and what asks a person to act.
 *
 * @param job the label the Pushgateway groups by: the name of the service
 * @param pushing the environments where somebody takes what jobs say of themselves, as a matcher of PromQL; none without one
 */
export function backupSignals(job: string, timetable: Timetable, pushing: string | undefined): Fact[] {
  const { archive } = timetable;
  const watched = pushing === undefined ? undefined : new Watched(job, pushing);
  return [
    ...(watched ? [...metrics(), ...alerts(job, timetable, watched), ...panels(job)] : []),
    ...(archive ? archiveSignals(job, timetable, archive) : []),
    ...(archive && watched ? baseSignals(archive, watched) : []),
  ];
}

/** What the Pushgateway groups by. */
const PUSHED = ['job', 'environment'];

/** Pushed, because a job is gone before anybody could scrape it. */
function metrics(): Fact[] {
  const gauges: Record<string, string> = {
    backup_last_success_timestamp_seconds: 'When the newest good backup began',
    backup_size_bytes: 'Size of the newest good backup',
    backup_duration_seconds: 'Time that the newest good backup took',
    backup_last_run_success: 'Whether the last run made a good backup',
    backup_drill_last_success_timestamp_seconds: 'When a backup was last restored and compared',
    backup_drill_duration_seconds: 'Time that the last restore drill took',
    backup_drill_last_run_success: 'Whether the last restore drill ended well',
  };
  return Object.entries(gauges).map(([name, help]) =>
    Metric.gauge(name, { help, labels: PUSHED, source: MetricSource.EXTERNAL, statedBy: STATED_BY }),
  );
}

function alerts(job: string, { rto, drill, oldest, pointInTime }: Timetable, watched: Watched): Fact[] {
  const of = (metric: string) => `${metric}{job="${job}"}`;
  const statedBy = STATED_BY;
  const labels = { job };
  return [
    new Alert('BackupStale', {
      summary: `The newest good backup is older than ${oldest}, or nobody knows of one`,
      description: pointInTime
        ? 'What can be had of the past then hangs on the log alone.'
        : 'What is lost with the database now is more than was promised. Every further hour adds to it.',
      expression: watched.tooOld('backup_last_success_timestamp_seconds', oldest),
      severity: pointInTime ? AlertSeverity.TICKET : AlertSeverity.PAGE,
      runbook: 'backup-stale',
      pending: Duration.minutes(1),
      statedBy,
      test: watched.ageing('backup_last_success_timestamp_seconds', oldest),
    }),
    new Alert('BackupShrinking', {
      summary: 'The newest backup is less than half as large as the largest of the last week',
      description: 'Rows may have been deleted by mistake, or the role of the backup may see fewer of them.',
      expression: `${of('backup_size_bytes')} < 0.5 * max_over_time(${of('backup_size_bytes')}[7d])`,
      severity: AlertSeverity.TICKET,
      runbook: 'backup-shrinking',
      statedBy,
      test: { ...changing(of('backup_size_bytes'), 1000, 400), labels },
    }),
    new Alert('RestoreDrillFailed', {
      summary: 'The last backup could not be restored, or did not have what it should',
      description:
        'Backups that cannot be restored are none. Until it is mended, count on nothing newer than the last good drill.',
      expression: `${of('backup_drill_last_run_success')} == 0`,
      severity: AlertSeverity.TICKET,
      runbook: 'restore-drill-failed',
      statedBy,
      test: { ...changing(of('backup_drill_last_run_success'), 1, 0), labels },
    }),
    new Alert('RestoreDrillStale', {
      summary: `No backup has been restored and compared for ${drillOverdueAfter(drill)}, or nobody knows of one`,
      description: 'The drill does not run, so nobody knows whether backups can be restored.',
      expression: watched.tooOld('backup_drill_last_success_timestamp_seconds', drillOverdueAfter(drill)),
      severity: AlertSeverity.TICKET,
      runbook: 'restore-drill-failed',
      pending: Duration.minutes(30),
      statedBy,
      test: watched.ageing('backup_drill_last_success_timestamp_seconds', drillOverdueAfter(drill)),
    }),
    new Alert('RestoreSlow', {
      summary: `A restore takes more than four fifths of the ${rto} it may take`,
      description: 'The database has grown. Soon a restore takes longer than was promised.',
      expression: `${of('backup_drill_duration_seconds')} > ${seconds(rto) * 0.8}`,
      severity: AlertSeverity.TICKET,
      runbook: 'restore-slow',
      statedBy,
      test: { ...changing(of('backup_drill_duration_seconds'), seconds(rto) * 0.5, seconds(rto) * 0.9), labels },
    }),
  ];
}

function panels(job: string): Fact[] {
  const props = { dashboard: 'Database', row: 'Backups', statedBy: STATED_BY };
  const of = (metric: string) => `${metric}{job="${job}"}`;
  return [
    new Panel('How old is the newest good backup?', {
      ...props,
      queries: { age: `time() - ${of('backup_last_success_timestamp_seconds')}` },
      unit: 's',
      description: 'What would be lost with the database at this moment.',
    }),
    new Panel('How large are backups?', {
      ...props,
      queries: { size: of('backup_size_bytes') },
      unit: 'bytes',
      description: 'A fall means that rows were deleted, or that the role of the backup sees fewer of them.',
    }),
    new Panel('How long do backups and restores take?', {
      ...props,
      queries: { backup: of('backup_duration_seconds'), restore: of('backup_drill_duration_seconds') },
      unit: 's',
      description: 'What a restore takes is what an outage of the database takes at least.',
    }),
  ];
}

/** Scraped from the process that archives. */
function archiveSignals(job: string, { rpo }: Timetable, { _keptLog }: PointInTimeRecovery): Fact[] {
  const statedBy = STATED_BY;
  const watched = new Watched(job, DEPLOYED);
  const largest = (metric: string) => `max by (environment) (${metric}{job="${job}"})`;
  const inProd = (metric: string) => `${metric}{environment="prod", job="${job}"}`;
  const labels = { environment: 'prod' };
  const gauge = { labels: ['environment'], source: MetricSource.PLATFORM, statedBy };
  const own = { source: MetricSource.PLATFORM, statedBy };
  const panel = { dashboard: 'Database', row: 'Backups', statedBy };
  const through = largest('backup_archive_through_timestamp_seconds');
  const kept = largest('backup_archive_kept_bytes');
  return [
    Metric.gauge('backup_archive_through_timestamp_seconds', {
      help: 'Everything committed before this moment is in the archive',
      ...gauge,
    }),
    Metric.gauge('backup_archive_kept_bytes', {
      help: 'Log that the server keeps because the archive does not have it yet',
      ...gauge,
    }),
    Metric.gauge('backup_archive_needs_base', {
      help: 'Whether the log in the archive has no base backup to begin with',
      ...gauge,
    }),
    Metric.counter('backup_archive_written_bytes_total', {
      help: 'Bytes that were archived, compressed and encrypted',
      ...own,
    }),
    Metric.counter('backup_archive_failures_total', {
      help: 'Rounds of archiving that failed and were tried again',
      ...own,
    }),
    new Alert('ArchiveStale', {
      summary: `The newest moment in the archive is older than ${rpo}, or nobody knows of one`,
      description: 'What is lost with the database now is more than was promised, and the disk of the server fills.',
      expression: watched.largestTooOld('backup_archive_through_timestamp_seconds', rpo),
      severity: AlertSeverity.PAGE,
      runbook: 'archive-stale',
      pending: Duration.minutes(1),
      statedBy,
      test: watched.largestAgeing('backup_archive_through_timestamp_seconds', rpo),
    }),
    new Alert('ArchiveKeepsLog', {
      summary: `The database server keeps more than ${_keptLog} of its log for the archive`,
      description: 'Its disk fills, or it gives the log up and the archive gets a gap.',
      expression: `${kept} > ${_keptLog.toMebibytes() * MEBIBYTE}`,
      severity: AlertSeverity.PAGE,
      runbook: 'archive-stale',
      pending: Duration.minutes(4),
      statedBy,
      test: { ...changing(inProd('backup_archive_kept_bytes'), 0, 2 * _keptLog.toMebibytes() * MEBIBYTE), labels },
    }),
    new Alert('ArchiveNeedsBase', {
      summary: 'The log in the archive has no base backup to begin with',
      description: 'No moment since the log was interrupted can be had, until there is a base backup.',
      expression: `${largest('backup_archive_needs_base')} == 1`,
      severity: AlertSeverity.PAGE,
      runbook: 'archive-needs-base',
      pending: Duration.minutes(4),
      statedBy,
      test: { ...changing(inProd('backup_archive_needs_base'), 0, 1), labels },
    }),
    new Panel('How old is the newest moment in the archive?', {
      ...panel,
      queries: { age: `time() - ${through}` },
      unit: 's',
      description: 'What would be lost with the database at this moment.',
    }),
    new Panel('How much log does the server keep for the archive?', {
      ...panel,
      queries: { kept },
      unit: 'bytes',
      description: 'It falls when the store has it. While it grows, the disk of the server fills.',
    }),
  ];
}

function baseSignals({ _base }: PointInTimeRecovery, watched: Watched): Fact[] {
  const statedBy = STATED_BY;
  const pushed = { labels: PUSHED, source: MetricSource.EXTERNAL, statedBy };
  const overdue = Duration.millis(2 * _base.longestPause.toMillis());
  return [
    Metric.gauge('backup_base_last_success_timestamp_seconds', {
      help: 'When the newest base backup began',
      ...pushed,
    }),
    Metric.gauge('backup_base_size_bytes', { help: 'Size of the newest base backup', ...pushed }),
    Metric.gauge('backup_base_duration_seconds', { help: 'Time that the newest base backup took', ...pushed }),
    new Alert('BaseBackupStale', {
      summary: `The newest base backup is older than ${overdue}, or nobody knows of one`,
      description: 'A recovery has ever more log to apply, and takes longer.',
      expression: watched.tooOld('backup_base_last_success_timestamp_seconds', overdue),
      severity: AlertSeverity.TICKET,
      runbook: 'archive-needs-base',
      pending: Duration.minutes(30),
      statedBy,
      test: watched.ageing('backup_base_last_success_timestamp_seconds', overdue),
    }),
  ];
}

/** Well for twenty minutes, then badly for thirty, then well again. */
function changing(series: string, good: number, bad: number): AlertTest {
  return {
    series: { [series]: `${good}x19 ${bad}x29 ${good}x29` },
    quietAt: Duration.minutes(15),
    firesAt: Duration.minutes(40),
    resolvedAt: Duration.minutes(70),
  };
}

const MEBIBYTE = 1_024 * 1_024;
