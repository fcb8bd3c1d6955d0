import { Duration } from './duration';

const MINUTES_A_DAY = 24 * 60;

/** Long enough for two of every date there is. */
const DAYS = 5 * 366;

/**
 * The longest time between two runs of a schedule.
 *
 * @param expression five fields
 */
export function longestPause(expression: string): Duration {
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = expression.split(' ');
  const hours = valuesOf(hour, 0, 23);
  const times = [...hours]
    .flatMap((at) => [...valuesOf(minute, 0, 59)].map((past) => at * 60 + past))
    .sort((a, b) => a - b);
  const [dates, months, weekdays] = [valuesOf(dayOfMonth, 1, 31), valuesOf(month, 1, 12), valuesOf(dayOfWeek, 0, 6)];
  // As cron has it: where both are restricted, either will do.
  const either = !dayOfMonth.startsWith('*') && !dayOfWeek.startsWith('*');
  let last: number | undefined;
  let longest = 0;
  for (let day = 0; day < DAYS; day++) {
    const date = new Date(Date.UTC(2024, 0, 1 + day));
    const [onDate, onWeekday] = [dates.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
    if (!months.has(date.getUTCMonth() + 1) || !(either ? onDate || onWeekday : onDate && onWeekday)) {
      continue;
    }
    for (const time of times) {
      const now = day * MINUTES_A_DAY + time;
      longest = Math.max(longest, last === undefined ? 0 : now - last);
      last = now;
    }
  }
  return Duration.minutes(longest === 0 ? DAYS * MINUTES_A_DAY : longest);
}

function valuesOf(field: string, min: number, max: number): ReadonlySet<number> {
  return new Set(
    field.split(',').flatMap((part) => {
      const [range = '', step = '1'] = part.split('/');
      const [from = '', to] = range.split('-');
      const first = range === '*' ? min : Number(from);
      const last = range === '*' || (to === undefined && part.includes('/')) ? max : Number(to ?? from);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i).filter(
        (value) => (value - first) % Number(step) === 0,
      );
    }),
  );
}
