/** One line of the table. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  /** What it must be; left out where there is no target. */
  readonly target?: string;
  readonly met?: boolean;
}

/** A measured ratio or amount that must stay at or below a limit. */
export function atMost(what: string, value: number, limit: number, show: (value: number) => string, more = ''): Figure {
  return { what, measured: show(value) + more, target: `≤ ${show(limit)}`, met: value <= limit };
}

/** A measured ratio or amount that must reach a limit. */
export function atLeast(
  what: string,
  value: number,
  limit: number,
  show: (value: number) => string,
  more = '',
): Figure {
  return { what, measured: show(value) + more, target: `≥ ${show(limit)}`, met: value >= limit };
}

export const ratio = (value: number): string => value.toFixed(2);
export const seconds = (milliseconds: number): string =>
  `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 0)} s`;
export const kilobytes = (bytes: number): string => `${Math.round(bytes / 1024)} KB`;
export const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/**
 * Times two things in turns, so that whatever else the machine does weighs on both alike.
 *
 * @returns the median of each, and the median of the ratios of each turn
 */
export async function sideBySide(rounds: number, first: () => Promise<unknown>, second: () => Promise<unknown>) {
  const turns: Array<readonly [number, number]> = [];
  for (let round = 0; round < rounds; round++) {
    turns.push([await timed(first), await timed(second)]);
  }
  return {
    first: median(turns.map(([time]) => time)),
    second: median(turns.map(([, time]) => time)),
    ratio: median(turns.map(([one, other]) => one / other)),
  };
}

export function table(figures: readonly Figure[]): string {
  const rows = [
    ['', 'measured', 'target', ''],
    ...figures.map(({ what, measured, target = '', met }) => [
      what,
      measured,
      target,
      met === undefined ? '' : met ? 'met' : 'MISSED',
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`);
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}
