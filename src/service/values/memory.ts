/**
 * An amount of memory or disk with its unit, so that no number is ever read in the wrong one.
 *
 * It never throws: what is wrong with it is reported at synthesis, with everything else that is.
 *
 * @example
 * Memory.mebibytes(256).toString(); // "256Mi"
 * Memory.gibibytes(1).toMebibytes(); // 1024
 */
export class Memory {
  /**
   * So many mebibytes, of 1024 × 1024 bytes.
   *
   * @param amount a whole number above zero
   */
  public static mebibytes(amount: number): Memory {
    return new Memory(amount);
  }

  /**
   * So many gibibytes, of 1024 mebibytes.
   *
   * @param amount a number above zero, such as 1.5
   */
  public static gibibytes(amount: number): Memory {
    return new Memory(amount * 1_024);
  }

  private readonly amount: number;

  private constructor(amount: number) {
    this.amount = amount;
  }

  /**
   * The amount in mebibytes.
   */
  public toMebibytes(): number {
    return this.amount;
  }

  /**
   * Says why it is no amount, or nothing when it is one.
   */
  public flaw(): string | undefined {
    return Number.isSafeInteger(this.amount) && this.amount > 0
      ? undefined
      : `is ${this.amount} MiB; it must be a whole number of them, above zero`;
  }

  /**
   * As Kubernetes writes it: `256Mi`, or `2Gi` for whole gibibytes.
   */
  public toString(): string {
    return this.amount % 1_024 === 0 ? `${this.amount / 1_024}Gi` : `${this.amount}Mi`;
  }

  /**
   * Renders as text in JSON.
   */
  public toJSON(): any {
    return this.toString();
  }
}
