/** Shorter values would turn up in harmless text. */
const SHORTEST = 4;

/**
 * Masks values wherever they turn up in a log line: in a field, a message, a stack or a URL.
 * Lines are JSON, so a value is looked for as JSON and URLs spell it, which leaves the line JSON.
 */
export class Redactor {
  /** The longest first: a URL goes as a whole before the password within it. */
  #spellings: readonly string[] = [];

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
  }

  mask(line: string): string {
    let masked = line;
    for (const spelling of this.#spellings) {
      if (masked.includes(spelling)) masked = masked.replaceAll(spelling, '[secret]');
    }
    return masked;
  }
}
