import { ConfigShape, type ConfigVariable, Duration, SecretDelivery, SecretRule, type Service } from '../service';
import { keyText } from './dot-env';

/**
 * What the verbs `config:*` and `secrets:*` know of the service; `tools/secrets/facts.ts` has its type.
 */
export function toolFacts(service: Service): object {
  const environments = service.environments.map(({ name }) => name);
  return {
    service: service.serviceName,
    environments,
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
    settledSeconds: orNothing(settledSeconds(service, name)),
    keyLength: type.shape === ConfigShape.KEYS ? type.constraints.minLength : undefined,
  };
}

/** How long it may take until every process has read what was written to the store, by environment. */
function settledSeconds(service: Service, name: string): Record<string, number> {
  const interval = service.tryFindConfigVariable('SECRET_REFRESH_INTERVAL');
  return Object.fromEntries(
    service.secretReferences
      .filter(({ variable }) => variable === name)
      .map(({ environment, store }) => {
        const found = service.secretStores.find((each) => each.environment === environment && each.store === store);
        const value = interval?.valueIn(environment);
        const refresh = value instanceof Duration ? value.toMillis() / 1000 : 60;
        return [environment, 2 * refresh + (found?.delivery === SecretDelivery.SERVICE ? 0 : SECONDS_TO_MOUNT)];
      }),
  );
}

/** External Secrets looks every five minutes, and the kubelet takes up to two to change the files. */
const SECONDS_TO_MOUNT = 420;
const MILLIS_OF_A_DAY = 86_400_000;

function orNothing<T>(entries: Record<string, T>): Record<string, T> | undefined {
  return Object.keys(entries).length > 0 ? entries : undefined;
}
