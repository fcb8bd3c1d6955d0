import { z } from 'zod';
import { KeyRing } from './key-ring.js';

/** How the text of a config variable becomes a value. */
export interface ConfigType<T> {
  /** What it takes, to end the sentence "must be …". */
  readonly expects: string;
  readonly schema: z.ZodType<T, string>;
  /** Whether an empty text is a value; everywhere else it is a mistake. */
  readonly acceptsEmpty: boolean;
}

interface Range {
  readonly min?: number;
  readonly max?: number;
}

export interface StringOptions {
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: RegExp;
}

export function string(options: StringOptions = {}): ConfigType<string> {
  const { minLength = 1, maxLength = Number.POSITIVE_INFINITY, pattern } = options;
  const limits = [
    minLength > 1 ? `at least ${minLength} characters` : '',
    maxLength < Number.POSITIVE_INFINITY ? `at most ${maxLength} characters` : '',
  ].filter(Boolean);
  return {
    expects: [
      'a text',
      ...(limits.length > 0 ? [`of ${limits.join(' and ')}`] : []),
      ...(pattern ? [`matching ${pattern}`] : []),
    ].join(' '),
    schema: z
      .string()
      .refine((text) => text.length >= minLength && text.length <= maxLength && text.search(pattern ?? '') >= 0),
    acceptsEmpty: minLength === 0,
  };
}

export function integer(range: Range = {}): ConfigType<number> {
  return {
    expects: `an integer${within(range)}`,
    schema: z
      .string()
      .regex(/^[+-]?\d+$/)
      .transform(Number)
      .refine((value) => Number.isSafeInteger(value) && isWithin(value, range)),
    acceptsEmpty: false,
  };
}

export function number(range: Range = {}): ConfigType<number> {
  return {
    expects: `a number${within(range)}`,
    schema: z
      .string()
      .regex(/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i)
      .transform(Number)
      .refine((value) => Number.isFinite(value) && isWithin(value, range)),
    acceptsEmpty: false,
  };
}

export function boolean(): ConfigType<boolean> {
  return {
    expects: 'true or false',
    schema: z.stringbool({ truthy: ['true', '1', 'yes', 'on'], falsy: ['false', '0', 'no', 'off'] }),
    acceptsEmpty: false,
  };
}

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A span of time, written with its unit and read as milliseconds. */
export function duration(range: Range = {}): ConfigType<number> {
  return {
    expects: `a duration with its unit, as 250ms, 10s, 5m, 1h or 2d${within(range, ' ms')}`,
    schema: z
      .string()
      .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/)
      .transform((text) => Number.parseFloat(text) * (MILLISECONDS[text.replace(/[\d.]+/, '')] ?? Number.NaN))
      .refine((value) => isWithin(value, range)),
    acceptsEmpty: false,
  };
}

export function url(options: { readonly schemes?: readonly string[] } = {}): ConfigType<string> {
  const { schemes } = options;
  return {
    expects: schemes ? `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}` : 'a URL',
    schema: z
      .string()
      .refine((text) => URL.canParse(text) && (schemes?.includes(new URL(text).protocol.slice(0, -1)) ?? true)),
    acceptsEmpty: false,
  };
}

export function enumeration<const V extends readonly [string, ...string[]]>(values: V): ConfigType<V[number]> {
  return {
    expects: `one of ${values.join(', ')}`,
    schema: z.string().pipe(z.enum(values)) as z.ZodType<V[number], string>,
    acceptsEmpty: false,
  };
}

/** Values separated by commas. */
export function list(): ConfigType<readonly string[]> {
  return {
    expects: 'values separated by commas',
    schema: z.string().transform((text) =>
      text
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean),
    ),
    acceptsEmpty: true,
  };
}

/** Keys separated by commas or line breaks: the first one signs, all of them verify. */
export function keys(options: { readonly minLength?: number } = {}): ConfigType<KeyRing> {
  const { minLength = 32 } = options;
  return {
    expects: `keys of at least ${minLength} characters, separated by commas, the current one first`,
    schema: z
      .string()
      .transform((text) => text.split(/[,\s]+/).filter(Boolean))
      .refine((keys) => keys.length > 0 && keys.every((key) => key.length >= minLength))
      .transform((keys) => new KeyRing(keys as [string, ...string[]])),
    acceptsEmpty: false,
  };
}

export function json<T = unknown>(): ConfigType<T> {
  return {
    expects: 'JSON',
    schema: z.string().transform((text, context): T => {
      try {
        return JSON.parse(text) as T;
      } catch {
        // The parser's own message quotes the text, which may be a secret.
        context.addIssue('not JSON');
        return z.NEVER;
      }
    }),
    acceptsEmpty: false,
  };
}

function isWithin(value: number, { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Range): boolean {
  return value >= min && value <= max;
}

function within({ min, max }: Range, unit = ''): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}${unit}`;
  if (min !== undefined) return ` of at least ${min}${unit}`;
  if (max !== undefined) return ` of at most ${max}${unit}`;
  return '';
}
