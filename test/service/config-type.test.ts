import { describe, expect, test } from 'vitest';
import { ConfigType, Duration } from '../../src/service';

const string = ConfigType.string();
const pattern = ConfigType.string({ pattern: 'a|b', minLength: 0 });
const sized = ConfigType.string({ minLength: 2, maxLength: 3 });
const port = ConfigType.integer({ min: 0, max: 65_535 });
const atLeast = ConfigType.integer({ min: 1 });
const ratio = ConfigType.number({ max: 1 });
const duration = ConfigType.duration({ min: Duration.seconds(1), max: Duration.minutes(1) });
const url = ConfigType.url({ schemes: ['https', 'http'] });
const level = ConfigType.enumeration(['info', 'warn']);

describe('a declared value', () => {
  test.each([
    [string, 'x'],
    [string, ' '],
    [pattern, 'a'],
    [sized, 'ab'],
    [sized, 'abc'],
    [port, 0],
    [port, 65_535],
    [atLeast, Number.MAX_SAFE_INTEGER],
    [ratio, -1e9],
    [ratio, 0.5],
    [ConfigType.boolean(), false],
    [duration, '1s'],
    [duration, '60s'],
    [duration, Duration.minutes(1)],
    [ConfigType.duration(), '0s'],
    [url, 'https://example.com'],
    [ConfigType.url(), 'file:/data/x.db'],
    [level, 'info'],
    [ConfigType.list(), []],
    [ConfigType.list(), ['a', 'b c']],
    [ConfigType.json(), null],
    [ConfigType.json(), { a: [1, 'x'] }],
  ])('of the type %j may be %j', (type, value) => {
    expect(type.flaw()).toBeUndefined();
    expect(type.mismatch(value)).toBeUndefined();
  });

  test.each([
    [string, '', 'must have at least 1 characters'],
    [string, 5, 'must be text'],
    [string, null, 'must be text'],
    [pattern, 'xa', 'must match a|b'],
    [pattern, 'ab', 'must match a|b'],
    [pattern, 'a\n', 'must match a|b'],
    [sized, 'a', 'must have from 2 to 3 characters'],
    [sized, 'abcd', 'must have from 2 to 3 characters'],
    [port, -1, 'must be from 0 to 65535'],
    [port, 65_536, 'must be from 0 to 65535'],
    [port, 1.5, 'must be a whole number'],
    [port, '80', 'must be a whole number'],
    [port, 2 ** 53, 'must be a whole number'],
    [port, Number.NaN, 'must be a whole number'],
    [atLeast, 0, 'must be at least 1'],
    [ratio, 1.01, 'must be at most 1'],
    [ratio, Number.POSITIVE_INFINITY, 'must be a number'],
    [ConfigType.boolean(), 'true', 'must be true or false'],
    [ConfigType.boolean(), 0, 'must be true or false'],
    [duration, '999ms', 'must be from 1000 to 60000 ms'],
    [duration, '61s', 'must be from 1000 to 60000 ms'],
    [duration, 5000, '"5000" is not a duration: write a number and a unit, such as 250ms, 10s, 5m, 1h or 2d'],
    [url, 'ftp://example.com', 'must begin with https:// or http://'],
    [url, '/relative', 'must be an absolute URL'],
    [url, 42, 'must be an absolute URL'],
    [level, 'debug', 'must be one of info, warn'],
    [level, undefined, 'must be one of info, warn'],
    [ConfigType.list(), 'a,b', 'must be a list of words without commas or blanks around them'],
    [ConfigType.list(), ['a,b'], 'must be a list of words without commas or blanks around them'],
    [ConfigType.list(), [''], 'must be a list of words without commas or blanks around them'],
    [ConfigType.list(), [' a'], 'must be a list of words without commas or blanks around them'],
    [ConfigType.json(), undefined, 'must be a JSON value'],
    [ConfigType.json(), () => 1, 'must be a JSON value'],
    [ConfigType.json(), 1n, 'must be a JSON value'],
  ])('of the type %j cannot be %s', (type, value, message) => {
    expect(type.mismatch(value)).toBe(message);
  });

  test('of JSON cannot contain itself', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(ConfigType.json().mismatch(loop)).toBe('must be a JSON value');
  });

  test.each([
    [string, 'text', 'text'],
    [port, 80, '80'],
    [ConfigType.boolean(), false, 'false'],
    [duration, Duration.seconds(60), '1m'],
    [duration, '60s', '60s'],
    [ConfigType.list(), ['a', 'b'], 'a,b'],
    [ConfigType.list(), [], ''],
    [ConfigType.json(), { a: "it's" }, '{"a":"it\'s"}'],
  ])('of the type %j is carried by the environment as text: %j', (type, value, text) => {
    expect(type.format(value)).toBe(text);
  });
});

describe('a type', () => {
  test.each([
    [ConfigType.integer({ min: 2, max: 1 }), 'is limited to at least 2 and at most 1'],
    [ConfigType.string({ minLength: 2, maxLength: 1 }), 'is limited to at least 2 and at most 1'],
    [ConfigType.number({ min: Number.NaN }), 'is limited by something that is not a number'],
    [
      ConfigType.duration({ min: Duration.seconds(2), max: Duration.seconds(1) }),
      'is limited to at least 2000 and at most 1000',
    ],
    [ConfigType.enumeration([]), 'is one of a list that is empty, or has an empty word in it'],
    [ConfigType.enumeration(['a', '']), 'is one of a list that is empty, or has an empty word in it'],
    [ConfigType.url({ schemes: [] }), 'is a URL of no scheme'],
    [ConfigType.string({ pattern: '(' }), 'has a pattern that is no regular expression: ('],
    [ConfigType.string({ pattern: ')(' }), 'has a pattern that is no regular expression: )('],
  ])('that no value can have says why', (type, flaw) => {
    expect(type.flaw()).toBe(flaw);
  });

  test('keeps no constraint that was not given', () => {
    expect(ConfigType.integer({ min: undefined }).constraints).toEqual({});
    expect(ConfigType.duration({ max: Duration.seconds(1) }).constraints).toEqual({ max: 1000 });
  });
});
