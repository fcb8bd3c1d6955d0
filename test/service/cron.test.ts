import { describe, expect, test } from 'vitest';
import { Cron } from '../../src/service';

describe('a schedule', () => {
  test.each([
    [Cron.hourly(), '0 * * * *'],
    [Cron.hourly(59), '59 * * * *'],
    [Cron.daily(), '0 3 * * *'],
    [Cron.daily({ hour: 0 }), '0 0 * * *'],
    [Cron.daily({ hour: 23, minute: 59 }), '59 23 * * *'],
    [Cron.weekly(), '0 3 * * 0'],
    [Cron.weekly(6, { minute: 15 }), '15 3 * * 6'],
  ])('is written in five fields', ({ expression }, expected) => {
    expect(expression).toBe(expected);
  });

  test.each([
    '* * * * *',
    '*/5 8-18 * * 1-5',
    '0,30 0 1,15 * *',
    '0 0 31 12 6',
    '5/15 * * * *',
    '10-20/2 * * * *',
    '00 03 * * *',
    '0-59 0-23 1-31 1-12 0-6',
  ])('%s is one', (text) => {
    expect(Cron.parse(text).expression).toBe(text);
  });

  test.each([
    '60 * * * *',
    '-1 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * 32 * *',
    '* * * 0 *',
    '* * * 13 *',
    '* * * * 7',
    '20-10 * * * *',
    '*/0 * * * *',
    '*/ * * * *',
    '1, * * * *',
    ',1 * * * *',
    '1--2 * * * *',
    '1-2-3 * * * *',
    '1.5 * * * *',
    '* * * * MON',
    'a * * * *',
  ])('%s names the field that is wrong', (text) => {
    expect(() => Cron.parse(text)).toThrow(/ is not a cron expression: (minute|hour|day of month|month|day of week) "/);
  });

  test.each(['', '@daily', '* * * *', '* * * * * *', ' * * * * *', '*  * * * *', '*\t* * * *'])(
    '"%s" has not five fields',
    (text) => {
      expect(() => Cron.parse(text)).toThrow('write five fields separated by single blanks');
    },
  );

  test.each([
    () => Cron.hourly(60),
    () => Cron.hourly(1.5),
    () => Cron.daily({ hour: 24 }),
    () => Cron.daily({ minute: -1 }),
    () => Cron.weekly(7),
    () => Cron.weekly(Number.NaN),
  ])('refuses a time that does not exist', (make) => {
    expect(make).toThrow('is not a cron expression');
  });

  test('says what a field may be', () => {
    expect(() => Cron.parse('0 24 * * *')).toThrowErrorMatchingInlineSnapshot(
      `[Error: "0 24 * * *" is not a cron expression: hour "24" must be *, a number from 0 to 23, a range, a list or a step]`,
    );
  });
});
