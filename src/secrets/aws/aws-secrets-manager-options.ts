/**
 * What there is to say about secrets in AWS Secrets Manager.
 */
export interface AwsSecretsManagerOptions {
  /**
   * The region, such as `eu-west-1`. Where environments are in different regions, choose the store once for each.
   */
  readonly region: string;

  /**
   * Secrets that exist already, by config variable: a name or an ARN, and behind a `#` the member of the JSON object there, such as
   * `shared/stripe#apiKey`. The template does not make these; the policy lets the service read them.
   *
   * @default - none: the template makes every secret as `<service>/<environment>/<VARIABLE>`
   */
  readonly existing?: Record<string, string>;

  /**
   * Whether something else mounts the secrets as files, such as the External Secrets Operator. Then the service gets no client of
   * AWS and needs no rights there.
   *
   * @default false
   */
  readonly mounted?: boolean;
}
