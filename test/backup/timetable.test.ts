import { describe, expect, it } from 'vitest';
import { type BackupOptions, Cron, Duration, PointInTimeRecovery, type WalArchiveProps } from '../../src';
import { Timetable } from '../../src/backup/timetable';

describe('the longest pause of a schedule', () => {
  it.each([
    ['*/30 * * * *', '30m'],
    ['17 * * * *', '1h'],
    ['0,10 * * * *', '50m'],
    ['0 8-17 * * *', '15h'],
    ['0 3 * * *', '1d'],
    ['0 3 * * 1-5', '3d'],
    ['0 3 1 * *', '31d'],
    ['0 3 1 * 0', '7d'],
    ['5/20 * * * *', '20m'],
    ['0 0 29 2 *', '1461d'],
  ])('%s is %s', (expression, pause) => {
    expect(Cron.parse(expression).longestPause.toString()).toBe(Duration.parse(pause).toString());
  });
});

describe('the schedule of backups', () => {
  it.each([
    [Duration.hours(1), '*/30 * * * *', '30m'],
    [Duration.minutes(10), '*/5 * * * *', '5m'],
    [Duration.hours(24), '17 */12 * * *', '12h'],
    [Duration.hours(3), '17 * * * *', '2h'],
    [Duration.days(7), '17 3 * * *', '6d'],
  ])('for an RPO of %s is %s, and one may take %s', (rpo, expression, deadline) => {
    const timetable = new Timetable({ rpo });
    expect(timetable.schedule.expression).toBe(expression);
    expect(timetable.deadline.toString()).toBe(Duration.parse(deadline).toString());
    expect(timetable.problems()).toEqual([]);
  });

  it('that cannot keep the RPO is a contradiction', () => {
    expect(new Timetable({ schedule: Cron.daily() }).problems()).toMatchInlineSnapshot(`
      [
        {
          "fix": "run it more often, shorten backup.deadline, or allow a longer backup.rpo",
          "message": "cannot keep an RPO of 1h: up to 1d pass between two backups, and one may take 1m",
          "place": "backup.schedule",
          "value": "0 3 * * *",
        },
      ]
    `);
    expect(
      new Timetable({ schedule: Cron.parse('*/30 * * * *'), deadline: Duration.minutes(45) }).problems(),
    ).toHaveLength(1);
  });

  it('is refused for an RPO or an RTO that nothing could keep', () => {
    const places = (options: object) => new Timetable(options).problems().map(({ place }) => place);
    expect(places({ rpo: Duration.minutes(1) })).toEqual(['backup.rpo']);
    expect(places({ rto: Duration.seconds(10) })).toEqual(['backup.rto']);
  });
});

describe('with point-in-time recovery', () => {
  const archive = (props: WalArchiveProps = {}) => PointInTimeRecovery.archive(props);
  const places = (options: BackupOptions) => new Timetable(options).problems().map(({ place }) => place);

  it('an RPO may be as short as a minute, and dumps are daily', () => {
    const timetable = new Timetable({ rpo: Duration.minutes(1), pointInTime: archive() });
    expect(timetable.problems()).toEqual([]);
    expect(timetable.schedule.expression).toBe('17 3 * * *');
    expect(timetable.interval.toString()).toBe('15s');
    expect(timetable.oldest.toString()).toBe(Duration.hours(30).toString());
  });

  it('the archive is brought up to date once a minute at least', () => {
    expect(new Timetable({ pointInTime: archive() }).interval.toString()).toBe('1m');
  });

  it('what no archive keeps is a contradiction', () => {
    expect(places({ rpo: Duration.seconds(30), pointInTime: archive() })).toEqual(['backup.rpo']);
    expect(places({ pointInTime: archive({ window: Duration.days(7), base: Cron.weekly() }) })).toEqual([
      'backup.pointInTime.window',
    ]);
    expect(places({ rpo: Duration.minutes(5) })).toEqual(['backup.rpo']);
    expect(places({ rpo: Duration.minutes(5), pointInTime: PointInTimeRecovery.managed({ by: 'Cloud SQL' }) })).toEqual(
      [],
    );
    expect(places({ pointInTime: PointInTimeRecovery.managed({ by: ' ' }) })).toEqual(['backup.pointInTime.by']);
  });
});
