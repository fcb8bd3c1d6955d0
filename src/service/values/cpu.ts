/**
 * A share of processors with its unit, so that no number is ever read in the wrong one.
 *
 * It never throws: what is wrong with it is reported at synthesis, with everything else that is.
 *
 * @example
 * Cpu.millis(250).toString(); // "250m"
 * Cpu.cores(2).toString(); // "2"
 */
export class Cpu {
  /**
   * So many thousandths of a processor.
   *
   * @param amount a whole number above zero
   */
  public static millis(amount: number): Cpu {
    return new Cpu(amount);
  }

  /**
   * So many processors.
   *
   * @param amount a number above zero, such as 0.5
   */
  public static cores(amount: number): Cpu {
    return new Cpu(amount * 1_000);
  }

  private readonly amount: number;

  private constructor(amount: number) {
    // 0.1 processors are 100 thousandths, whatever binary fractions make of them.
    this.amount = Number(Number(amount).toFixed(6));
  }

  /**
   * The share in thousandths of a processor.
   */
  public toMillis(): number {
    return this.amount;
  }

  /**
   * Says why it is no share, or nothing when it is one.
   */
  public flaw(): string | undefined {
    return Number.isSafeInteger(this.amount) && this.amount > 0
      ? undefined
      : `is ${this.amount} thousandths of a processor; it must be a whole number of them, above zero`;
  }

  /**
   * As Kubernetes writes it: `250m`, or `2` for whole processors.
   */
  public toString(): string {
    return this.amount % 1_000 === 0 ? String(this.amount / 1_000) : `${this.amount}m`;
  }

  /**
   * Renders as text in JSON.
   */
  public toJSON(): any {
    return this.toString();
  }
}
