/**
 * The rules about secrets that one secret can be excepted from, by a {@link Waiver} with a reason.
 */
export enum SecretRule {
  /**
   * Outside of `dev` and `test`, secrets come from mounted files or stores: environment variables are inherited by child
   * processes, and shown by orchestrators and crash reports.
   */
  ENVIRONMENT = 'secret-in-environment',
  /** Every secret is replaced from time to time. */
  ROTATION = 'secret-rotation',
}
