const WIDTH = 120;
const INDENT = '  ';

/** A piece of TypeScript: text as it is, or members between brackets. */
export type Code = string | Brackets;

export interface Brackets {
  /** What stands directly before the bracket, such as `types.url(`. */
  readonly before?: string;
  readonly kind: '{' | '[';
  readonly members: readonly Member[];
  /** What stands directly behind the bracket. */
  readonly after?: string;
}

export interface Member {
  /** The name of a property; the members of a list have none. */
  readonly key?: string;
  readonly code: Code;
}

/**
 * Prints code as the formatter of the service would leave it, so that formatting never changes a generated file.
 *
 * @param column how much of the line is taken before the code
 * @param indent the blanks the line begins with
 */
export function print(code: Code, column: number, indent = ''): string {
  if (typeof code === 'string') {
    return code;
  }
  const flat = flatten(code);
  // One more for the comma behind it.
  if (column + flat.length + 1 <= WIDTH && !hasManyRecords(code)) {
    return flat;
  }
  const { before = '', kind, members, after = '' } = code;
  const deeper = indent + INDENT;
  const lines = members.every(({ code: member }) => isNumber(member))
    ? fill(
        members.map(({ code: member }) => `${member},`),
        deeper,
      )
    : members.map((member) => `${deeper}${printMember(member, deeper)},`);
  return [`${before}${kind}`, ...lines, `${indent}${closing(kind)}${after}`].join('\n');
}

function printMember({ key, code }: Member, indent: string): string {
  if (key === undefined) {
    return print(code, indent.length, indent);
  }
  const prefix = `${key}: `;
  const tooLong = typeof code === 'string' && indent.length + prefix.length + code.length + 1 > WIDTH;
  // A name of less than five characters gains nothing from a line of its own.
  return tooLong && key.length >= 5
    ? `${key}:\n${indent}${INDENT}${code}`
    : `${prefix}${print(code, indent.length + prefix.length, indent)}`;
}

function flatten(code: Code): string {
  if (typeof code === 'string') {
    return code;
  }
  const { before = '', kind, members, after = '' } = code;
  const inner = members
    .map(({ key, code: member }) => (key === undefined ? '' : `${key}: `) + flatten(member))
    .join(', ');
  const padding = kind === '{' && members.length > 0 ? ' ' : '';
  return `${before}${kind}${padding}${inner}${padding}${closing(kind)}${after}`;
}

/** A list of several objects or lists of several members each is easier to read one by one. */
function hasManyRecords(code: Code): boolean {
  if (typeof code === 'string') {
    return false;
  }
  const { kind, members } = code;
  const kinds = members.map(({ code: member }) =>
    typeof member !== 'string' && member.members.length > 1 ? member.kind : '',
  );
  return (
    (kind === '[' && members.length > 1 && kinds[0] !== '' && kinds.every((each) => each === kinds[0])) ||
    members.some(({ code: member }) => hasManyRecords(member))
  );
}

function fill(words: readonly string[], indent: string): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const joined = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && joined.length <= WIDTH) {
      lines[lines.length - 1] = joined;
    } else {
      lines.push(`${indent}${word}`);
    }
  }
  return lines;
}

function isNumber(code: Code): boolean {
  return typeof code === 'string' && /^-?\d/.test(code);
}

function closing(kind: '{' | '['): string {
  return kind === '{' ? '}' : ']';
}

/**
 * A JSON value as TypeScript.
 */
export function literal(value: unknown): Code {
  if (typeof value === 'string') {
    return quoted(value);
  }
  if (Array.isArray(value)) {
    return { kind: '[', members: value.map((member) => ({ code: literal(member) })) };
  }
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value);
    return {
      kind: '{',
      members: entries.map(([key, member]) => ({ key: isName(key) ? key : quoted(key), code: literal(member) })),
    };
  }
  return String(value).replace('e+', 'e');
}

function isName(key: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(key);
}

/** In single quotes, unless double quotes need fewer escapes. */
function quoted(text: string): string {
  const double = JSON.stringify(text);
  const count = (mark: string) => text.split(mark).length - 1;
  return count("'") > count('"') ? double : `'${double.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
