import type { ConfigVariable, Service } from '../../service';
import type { SecretKey } from '../provider';
import type { AwsSecretsManagerOptions } from './aws-secrets-manager-options';

/** Where AWS Secrets Manager keeps a secret. */
export function placeOf(
  { serviceName }: Service,
  { name }: ConfigVariable,
  environment: string,
  { existing = {} }: AwsSecretsManagerOptions,
): SecretKey {
  const stated = existing[name];
  if (stated === undefined) {
    return { key: `${serviceName}/${environment}/${name}` };
  }
  const [key, property] = stated.split('#');
  return property === undefined ? { key: key! } : { key: key!, property };
}

/** The options of the code that reads and of the code that writes. */
export function bindingOptions(
  service: Service,
  variables: readonly ConfigVariable[],
  environment: string,
  options: AwsSecretsManagerOptions,
): object {
  const places = variables.map((variable) => {
    const { key, property } = placeOf(service, variable, environment, options);
    return [variable.name, { id: key, ...(property === undefined ? {} : { property }) }] as const;
  });
  return { region: options.region, secrets: Object.fromEntries(places) };
}
