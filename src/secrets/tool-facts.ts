import { ConfigShape, type ConfigVariable, Duration, SecretRule, type Service } from '../service';
import { keyText } from './dot-env';

/**
 * What the verbs `config:*` and `secrets:*` know of the service; `tools/secrets/facts.ts` has its type.
 */
export function toolFacts(service: Service): object {
  const environments = service.environments.map(({ name }) => name);
  return {
    service: service.serviceName,
    environments,
    refreshSeconds: refreshSeconds(service, environments),
    variables: service.configVariables.map((variable) => ({
      name: variable.name,
      secret: variable.secret,
      states: Object.fromEntries(
        [...environments, 'test'].map((environment) => [environment, service.configState(variable, environment)]),
      ),
      providedBy: orNothing(variable.providedBy),
      keptIn: orNothing(placesOf(service, variable)),
      rotation: variable.secret ? rotationOf(service, variable) : undefined,
    })),
  };
}

function placesOf(service: Service, { name }: ConfigVariable): Record<string, string> {
  const references = service.secretReferences.filter(({ variable }) => variable === name);
  return Object.fromEntries(
    references.map(({ environment, store, key, property }) => {
      const found = service.secretStores.find((each) => each.environment === environment && each.store === store);
      return [environment, `${found?.title ?? store}, ${keyText({ key, property })}`];
    }),
  );
}

function rotationOf(service: Service, { name, rotation, rotateEvery, rotatedBy, type }: ConfigVariable): object {
  return {
    method: rotation?.method,
    days: (rotateEvery?.toMillis() ?? 0) / MILLIS_OF_A_DAY,
    overlap: rotation?.overlap,
    owner: rotatedBy ?? service.owner,
    waived: service.tryFindWaiver(SecretRule.ROTATION, name)?.reason,
    keyLength: type.shape === ConfigShape.KEYS ? type.constraints.minLength : undefined,
  };
}

function refreshSeconds(service: Service, environments: readonly string[]): Record<string, number> {
  const interval = service.tryFindConfigVariable('SECRET_REFRESH_INTERVAL');
  return Object.fromEntries(
    environments.flatMap((environment) => {
      const value = interval?.valueIn(environment);
      return value instanceof Duration ? [[environment, value.toMillis() / 1000]] : [];
    }),
  );
}

const MILLIS_OF_A_DAY = 86_400_000;

function orNothing(entries: Record<string, string>): Record<string, string> | undefined {
  return Object.keys(entries).length > 0 ? entries : undefined;
}
