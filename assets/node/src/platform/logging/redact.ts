/** Shorter values would turn up in harmless text. */
const SHORTEST = 4;

/**
 * Masks values wherever they turn up in a log line: in a field, a message, a stack or a URL.
 * Lines are JSON, so a value is looked for as JSON and URLs spell it, which leaves the line JSON.
 */
export function redactor(values: readonly string[]): (line: string) => string {
  const spellings = new Set(
    values
      .filter((value) => value.length >= SHORTEST)
      .flatMap((value) => [value, encodeURIComponent(value)])
      .map((value) => JSON.stringify(value).slice(1, -1)),
  );
  // The longest first: a URL goes as a whole before the password within it.
  const ordered = [...spellings].sort((a, b) => b.length - a.length);
  return (line) => {
    let masked = line;
    for (const spelling of ordered) {
      if (masked.includes(spelling)) masked = masked.replaceAll(spelling, '[secret]');
    }
    return masked;
  };
}
