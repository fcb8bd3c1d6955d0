import type { Duration } from './duration';
import { longestPause } from './longest-pause';

/**
 * The time of day a daily or weekly schedule runs at.
 */
export interface CronTime {
  /**
   * Hour of the day in UTC, 0 to 23.
   *
   * @default 3
   */
  readonly hour?: number;

  /**
   * Minute of the hour, 0 to 59.
   *
   * @default 0
   */
  readonly minute?: number;
}

/**
 * When a scheduled process runs, in UTC.
 *
 * @example
 * Cron.daily({ hour: 4, minute: 30 }).expression; // "30 4 * * *"
 * Cron.parse('*\/5 8-18 * * 1-5');
 */
export class Cron {
  /**
   * Once an hour.
   *
   * @param minute minute of the hour, 0 to 59; default 0
   * @throws Error when it is none
   */
  public static hourly(minute: number = 0): Cron {
    return new Cron(`${minute} * * * *`);
  }

  /**
   * Once a day, at 03:00 UTC unless told otherwise.
   *
   * @throws Error when there is no such time
   */
  public static daily(time: CronTime = {}): Cron {
    return new Cron(`${time.minute ?? 0} ${time.hour ?? 3} * * *`);
  }

  /**
   * Once a week, on Sunday at 03:00 UTC unless told otherwise.
   *
   * @param weekday 0 (Sunday) to 6 (Saturday); default 0
   * @throws Error when there is no such day or time
   */
  public static weekly(weekday: number = 0, time: CronTime = {}): Cron {
    return new Cron(`${time.minute ?? 0} ${time.hour ?? 3} * * ${weekday}`);
  }

  /**
   * Any five-field cron expression.
   *
   * @param text minute, hour, day of month, month and day of week
   * @throws Error when a field is out of its range or the text has not five fields; Sunday is 0, as not every
   * scheduler knows 7
   */
  public static parse(text: string): Cron {
    return new Cron(text);
  }

  /**
   * The five fields: minute, hour, day of month, month, day of week.
   */
  public readonly expression: string;

  private constructor(expression: string) {
    const problem = problemWith(expression);
    if (problem) {
      throw new Error(`"${expression}" is not a cron expression: ${problem}`);
    }
    this.expression = expression;
  }

  /**
   * The longest time between two runs, such as the weekend of what runs on weekdays.
   */
  public get longestPause(): Duration {
    return longestPause(this.expression);
  }
}

const FIELDS: ReadonlyArray<readonly [name: string, min: number, max: number]> = [
  ['minute', 0, 59],
  ['hour', 0, 23],
  ['day of month', 1, 31],
  ['month', 1, 12],
  ['day of week', 0, 6],
];

function problemWith(expression: string): string | undefined {
  const fields = expression.split(' ');
  if (fields.length !== FIELDS.length) {
    return `write five fields separated by single blanks (${FIELDS.map(([name]) => name).join(', ')})`;
  }
  return FIELDS.map(([name, min, max], index) => {
    const inRange = (text: string) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max;
    const valid = fields[index]!.split(',').every((part) => {
      const match = /^(?:\*|([^-/]+)(?:-([^-/]+))?)(?:\/(\d+))?$/.exec(part);
      return (
        match !== null &&
        (match[1] === undefined || inRange(match[1])) &&
        (match[2] === undefined || (inRange(match[2]) && Number(match[2]) >= Number(match[1]))) &&
        (match[3] === undefined || Number(match[3]) > 0)
      );
    });
    return valid
      ? undefined
      : `${name} "${fields[index]}" must be *, a number from ${min} to ${max}, a range, a list or a step`;
  }).find((problem) => problem !== undefined);
}
