const UNITS: ReadonlyArray<readonly [suffix: string, millis: number]> = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];

/**
 * A length of time with its unit, so that no number is ever read in the wrong one.
 *
 * @example
 * Duration.seconds(90).toString(); // "90s"
 * Duration.parse('15m').toSeconds(); // 900
 */
export class Duration {
  /**
   * So many milliseconds.
   *
   * @param amount zero or more
   * @throws Error when it is negative or not a number
   */
  public static millis(amount: number): Duration {
    return new Duration(amount);
  }

  /**
   * So many seconds.
   *
   * @param amount zero or more
   * @throws Error when it is negative or not a number
   */
  public static seconds(amount: number): Duration {
    return new Duration(amount * 1_000);
  }

  /**
   * So many minutes.
   *
   * @param amount zero or more
   * @throws Error when it is negative or not a number
   */
  public static minutes(amount: number): Duration {
    return new Duration(amount * 60_000);
  }

  /**
   * So many hours.
   *
   * @param amount zero or more
   * @throws Error when it is negative or not a number
   */
  public static hours(amount: number): Duration {
    return new Duration(amount * 3_600_000);
  }

  /**
   * So many days of 24 hours.
   *
   * @param amount zero or more
   * @throws Error when it is negative or not a number
   */
  public static days(amount: number): Duration {
    return new Duration(amount * 86_400_000);
  }

  /**
   * Reads `250ms`, `10s`, `5m`, `1h` or `2d`.
   *
   * @param text a whole or decimal number followed by its unit
   * @throws Error when the text is not of that form
   */
  public static parse(text: string): Duration {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
    const unit = UNITS.find(([suffix]) => suffix === match?.[2]);
    if (!match || !unit) {
      throw new Error(`"${text}" is not a duration: write a number and a unit, such as 250ms, 10s, 5m, 1h or 2d`);
    }
    return new Duration(Number(match[1]) * unit[1]);
  }

  private readonly amount: number;

  private constructor(amount: number) {
    if (!(amount >= 0 && amount <= Number.MAX_SAFE_INTEGER)) {
      throw new Error(`a duration cannot be ${amount} ms: give a number of zero or more, and of a sane size`);
    }
    // 1.005 seconds are 1005 milliseconds, whatever binary fractions make of them.
    this.amount = Number(amount.toFixed(6));
  }

  /**
   * The length in milliseconds.
   */
  public toMillis(): number {
    return this.amount;
  }

  /**
   * The length in seconds.
   */
  public toSeconds(): number {
    return this.amount / 1_000;
  }

  /**
   * The shortest text {@link Duration.parse} reads back, such as `90s` or `1h`.
   */
  public toString(): string {
    const [suffix, millis] = UNITS.find(([, size]) => this.amount >= size && this.amount % size === 0) ?? ['ms', 1];
    return this.amount === 0 ? '0s' : `${this.amount / millis}${suffix}`;
  }

  /**
   * Renders as text in JSON.
   */
  public toJSON(): any {
    return this.toString();
  }
}
