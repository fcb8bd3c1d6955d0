import { describe, expect, it } from 'vitest';
import * as types from '../../src/platform/config/types.js';

type Cases = Record<string, { type: types.ConfigType<unknown>; takes: [string, unknown][]; refuses: string[] }>;

const CASES: Cases = {
  string: { type: types.string(), takes: [['a b', 'a b']], refuses: [''] },
  'string that may be empty': { type: types.string({ minLength: 0 }), takes: [['', '']], refuses: [] },
  'string with limits': {
    type: types.string({ minLength: 2, maxLength: 3, pattern: /^[a-z]+$/ }),
    takes: [
      ['ab', 'ab'],
      ['abc', 'abc'],
    ],
    refuses: ['a', 'abcd', 'A1'],
  },
  integer: {
    type: types.integer({ min: -1, max: 10 }),
    takes: [
      ['-1', -1],
      ['+7', 7],
      ['10', 10],
    ],
    refuses: ['', ' ', '1.5', '1e1', '0x1', '11', '-2', 'one', '9007199254740993'],
  },
  number: {
    type: types.number({ min: 0 }),
    takes: [
      ['0.5', 0.5],
      ['.5', 0.5],
      ['1e3', 1000],
    ],
    refuses: ['', 'NaN', 'Infinity', '0x1', '-0.1', '1,5', '1e999'],
  },
  boolean: {
    type: types.boolean(),
    takes: [
      ['true', true],
      ['1', true],
      ['on', true],
      ['false', false],
      ['0', false],
      ['No', false],
    ],
    refuses: ['', 'maybe', '2'],
  },
  duration: {
    type: types.duration({ max: 2 * 86_400_000 }),
    takes: [
      ['250ms', 250],
      ['10s', 10_000],
      ['1.5s', 1500],
      ['5m', 300_000],
      ['1h', 3_600_000],
      ['2d', 172_800_000],
      ['0s', 0],
    ],
    refuses: ['', '10', 's', '-1s', '1w', '3d', '1h30m'],
  },
  url: {
    type: types.url(),
    takes: [['https://example.org/x', 'https://example.org/x']],
    refuses: ['', 'example.org', '/x'],
  },
  'url of a scheme': {
    type: types.url({ schemes: ['postgresql', 'postgres'] }),
    takes: [['postgres://h/d', 'postgres://h/d']],
    refuses: ['mysql://h/d', 'postgresqlx://h'],
  },
  enumeration: { type: types.enumeration(['a', 'b']), takes: [['b', 'b']], refuses: ['', 'c', 'A'] },
  list: {
    type: types.list(),
    takes: [
      ['a, b,,c ', ['a', 'b', 'c']],
      ['', []],
    ],
    refuses: [],
  },
  json: {
    type: types.json(),
    takes: [
      ['{"a":[1]}', { a: [1] }],
      ['null', null],
    ],
    refuses: ['', '{', "{'a':1}"],
  },
};

describe.each(Object.entries(CASES))('%s', (_name, { type, takes, refuses }) => {
  it.each(takes)('takes %j', (text, value) => {
    expect(type.schema.parse(text)).toEqual(value);
  });

  it.each(refuses.length > 0 ? refuses : [undefined])('refuses %j', (text) => {
    if (text !== undefined) expect(type.schema.safeParse(text).success).toBe(false);
  });
});

it('each says what it takes', () => {
  expect(Object.values(CASES).map(({ type }) => `must be ${type.expects}`)).toMatchInlineSnapshot(`
    [
      "must be a text",
      "must be a text",
      "must be a text of at least 2 characters and at most 3 characters matching /^[a-z]+$/",
      "must be an integer from -1 to 10",
      "must be a number of at least 0",
      "must be true or false",
      "must be a duration with its unit, as 250ms, 10s, 5m, 1h or 2d of at most 172800000 ms",
      "must be a URL",
      "must be a URL that starts with postgresql:// or postgres://",
      "must be one of a, b",
      "must be values separated by commas",
      "must be JSON",
    ]
  `);
});
