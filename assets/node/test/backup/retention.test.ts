import { expect, it } from 'vitest';
import { expired } from '../../src/platform/backup/retention.js';

const HOUR = 60 * 60 * 1000;
const NOW = new Date('2026-03-15T12:30:00Z');

/** The backups of so many hours, the newest first. */
function hourly(hours: number) {
  return Array.from({ length: hours }, (_, ago) => {
    const startedAt = new Date(NOW.getTime() - ago * HOUR).toISOString();
    return { id: startedAt, startedAt };
  });
}

function kept(hours: number, retention: Parameters<typeof expired>[1]): string[] {
  const gone = new Set(expired(hourly(hours), retention, NOW));
  return hourly(hours)
    .map(({ id }) => id)
    .filter((id) => !gone.has(id));
}

it('keeps every backup for a while, then the newest of each day, then of each month', () => {
  const ids = kept(24 * 70, { all: 3 * HOUR, days: 3, months: 3, least: 1 });
  expect(ids).toEqual([
    '2026-03-15T12:30:00.000Z',
    '2026-03-15T11:30:00.000Z',
    '2026-03-15T10:30:00.000Z',
    '2026-03-15T09:30:00.000Z',
    '2026-03-14T23:30:00.000Z',
    '2026-03-13T23:30:00.000Z',
    '2026-02-28T23:30:00.000Z',
    '2026-01-31T23:30:00.000Z',
  ]);
});

it('never keeps fewer than it was told, however old they are', () => {
  const old = hourly(5).map(({ id }) => ({ id, startedAt: '2020-01-01T00:00:00.000Z' }));
  expect(expired(old, { all: 0, days: 0, months: 0, least: 3 }, NOW)).toHaveLength(2);
});

it('keeps what there is when there is little', () => {
  expect(kept(2, { all: 0, days: 0, months: 0, least: 3 })).toHaveLength(2);
});
