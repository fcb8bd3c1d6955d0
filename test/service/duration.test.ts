import { describe, expect, test } from 'vitest';
import { Duration } from '../../src/service';

describe('a duration', () => {
  test.each([
    [Duration.millis(250), 250, '250ms'],
    [Duration.seconds(10), 10_000, '10s'],
    [Duration.seconds(90), 90_000, '90s'],
    [Duration.seconds(60), 60_000, '1m'],
    [Duration.minutes(90), 5_400_000, '90m'],
    [Duration.hours(24), 86_400_000, '1d'],
    [Duration.days(2), 172_800_000, '2d'],
    [Duration.seconds(0), 0, '0s'],
    [Duration.seconds(0.1), 100, '100ms'],
    [Duration.millis(0.5), 0.5, '0.5ms'],
    [Duration.seconds(1.005), 1005, '1005ms'],
    [Duration.millis(1e-9), 0, '0s'],
  ])('%s is written in its largest whole unit', (duration, millis, text) => {
    expect(duration.toMillis()).toBe(millis);
    expect(duration.toString()).toBe(text);
    expect(JSON.stringify({ duration })).toBe(`{"duration":"${text}"}`);
  });

  test.each(['250ms', '10s', '5m', '1h', '2d', '1.5h', '0s', '0.25s', '100d'])('%s is read back as written', (text) => {
    const duration = Duration.parse(text);
    expect(Duration.parse(duration.toString()).toMillis()).toBe(duration.toMillis());
  });

  test.each(['', '5', 's', '5 s', ' 5s', '5s ', '-5s', '5S', '5min', '1h30m', '.5s', '5.s', '1e3ms', '٥s'])(
    '"%s" is not one',
    (text) => {
      expect(() => Duration.parse(text)).toThrow(`"${text}" is not a duration: write a number and a unit`);
    },
  );

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_VALUE])('%s milliseconds are none', (amount) => {
    expect(() => Duration.millis(amount)).toThrow(`a duration cannot be ${amount} ms`);
  });

  test('an endless number is refused by parse too', () => {
    expect(() => Duration.parse(`${'9'.repeat(400)}d`)).toThrow('a duration cannot be Infinity ms');
  });

  test('is told in seconds', () => {
    expect(Duration.parse('15m').toSeconds()).toBe(900);
    expect(Duration.millis(1).toSeconds()).toBe(0.001);
  });
});
