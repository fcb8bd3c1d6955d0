import { chmodSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * How many times faster waiting goes by: what waits a minute there waits two seconds here.
 */
export const SPEED = 30;

const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Shortens what a generated file of rules or routes waits for, and nothing else: `for`, `group_wait`, `group_interval` and
 * `repeat_interval`. The windows of queries stay as they are, so what is asked is what is asked in production.
 */
export function hasten(path: string): void {
  chmodSync(path, 0o644);
  writeFileSync(path, hastened(readFileSync(path, 'utf8')));
}

export function hastened(text: string): string {
  return text.replace(
    /^(\s*(?:for|group_wait|group_interval|repeat_interval): )(\d+)([smhd])$/gm,
    (_, key: string, amount: string, unit: string) => `${key}${Math.round((Number(amount) * UNITS[unit]!) / SPEED)}ms`,
  );
}
