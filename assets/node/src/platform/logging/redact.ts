/** Shorter values would turn up in harmless text. */
const SHORTEST = 4;
const MASK = '[secret]';

/**
 * Masks values wherever they turn up in a log line: in a field, a message, a stack or a URL.
 * Lines are JSON, so a value is looked for as JSON and URLs spell it, which leaves the line JSON.
 */
export class Redactor {
  /** The longest first: a URL goes as a whole before the password within it. */
  #spellings: readonly string[] = [];
  /** Those that JSON may have without quotes, where a mask in their place would break the line. */
  #numbers: readonly string[] = [];

  constructor(values: readonly string[] = []) {
    this.add(values);
  }

  /** Values that came later, by rotation; those before them stay masked, since they may still be valid. */
  add(values: readonly string[]): void {
    const added = values
      .filter((value) => value.length >= SHORTEST)
      .flatMap((value) => [value, encodeURIComponent(value)])
      .map((value) => JSON.stringify(value).slice(1, -1));
    this.#spellings = [...new Set([...this.#spellings, ...added])].sort((a, b) => b.length - a.length);
    this.#numbers = this.#spellings.filter((spelling) => /^-?[\d.]+(e[+-]?\d+)?$/i.test(spelling));
  }

  mask(line: string): string {
    const quoted = this.#numbers.some((number) => line.includes(number)) ? this.#withoutNumbers(line) : line;
    let masked = quoted;
    for (const spelling of this.#spellings) {
      if (masked.includes(spelling)) masked = masked.replaceAll(spelling, MASK);
    }
    return masked;
  }

  /** The same for a text that is no line of the log, such as an attribute of a span. */
  maskText(text: string): string {
    return this.#spellings.length === 0 ? text : JSON.parse(this.mask(JSON.stringify(text)));
  }

  /** Takes longer, and is only for lines that have the digits of a secret. */
  #withoutNumbers(line: string): string {
    const mask = (_key: string, value: unknown): unknown =>
      typeof value === 'number' && this.#numbers.some((number) => String(value).includes(number)) ? MASK : value;
    return `${JSON.stringify(JSON.parse(line), mask)}${line.endsWith('\n') ? '\n' : ''}`;
  }
}
