/** How long backups are kept, in milliseconds and in numbers. */
export interface Retention {
  /** Every backup of this time. */
  readonly all: number;
  /** Besides, the newest of each of so many days, and of so many months. */
  readonly days: number;
  readonly months: number;
  /** Never fewer than these, however old. */
  readonly least: number;
}

export interface Dated {
  readonly id: string;
  readonly startedAt: string;
}

/** Those of the good backups, the newest first, that nothing asks to keep. */
export function expired(good: readonly Dated[], retention: Retention, now: Date): string[] {
  const kept = new Set<string>(good.slice(0, retention.least).map(({ id }) => id));
  for (const { id, startedAt } of good) {
    if (now.getTime() - Date.parse(startedAt) <= retention.all) kept.add(id);
  }
  for (const [length, count] of [
    ['2026-01-01'.length, retention.days],
    ['2026-01'.length, retention.months],
  ] as const) {
    const periods = new Set<string>();
    for (const { id, startedAt } of good) {
      const period = startedAt.slice(0, length);
      if (periods.has(period) || periods.size >= count) continue;
      periods.add(period);
      kept.add(id);
    }
  }
  return good.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
}
