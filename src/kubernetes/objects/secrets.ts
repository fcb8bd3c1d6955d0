import type { SecretReference, SecretStore } from '../../service';
import type { Blueprint } from '../blueprint';

/** Stores that an operator reads on behalf of the pods; from all others somebody else makes the Secret. */
const FETCHED: Record<string, (blueprint: Blueprint, store: SecretStore) => object> = {
  'aws-secrets-manager': awsSecretsManager,
  vault,
};

export function isFetched({ storeKind }: SecretStore): boolean {
  return storeKind in FETCHED;
}

/** How External Secrets reaches the store of an environment, as the service's own account. */
export function secretStore(blueprint: Blueprint, store: SecretStore | undefined): object | undefined {
  return store === undefined || !isFetched(store) || referencesTo(blueprint, store).length === 0
    ? undefined
    : {
        apiVersion: 'external-secrets.io/v1',
        kind: 'SecretStore',
        metadata: { name: `${blueprint.name}-${store.store}` },
        spec: { provider: FETCHED[store.storeKind]!(blueprint, store) },
      };
}

/** Brings what the store keeps into a Secret that pods mount. */
export function externalSecret(blueprint: Blueprint, store: SecretStore | undefined): object | undefined {
  if (store === undefined || !isFetched(store)) {
    return undefined;
  }
  const references = referencesTo(blueprint, store);
  const [first] = references;
  const variable = first && blueprint.service.tryFindConfigVariable(first.variable);
  if (variable === undefined) {
    return undefined;
  }
  const name = blueprint.secretNameOf(variable, store.environment);
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name },
    spec: {
      refreshInterval: '5m',
      secretStoreRef: { kind: 'SecretStore', name: `${blueprint.name}-${store.store}` },
      target: { name, creationPolicy: 'Owner', deletionPolicy: 'Retain' },
      data: references.map(({ variable, key, property }) => ({
        secretKey: variable,
        remoteRef: {
          key,
          ...(property === undefined ? {} : { property }),
          conversionStrategy: 'Default',
          decodingStrategy: 'None',
          metadataPolicy: 'None',
        },
      })),
    },
  };
}

/** What the store keeps of that which pods mount. */
function referencesTo(blueprint: Blueprint, store: SecretStore): SecretReference[] {
  const mounted = blueprint.allSecretsIn(store.environment).map(({ name }) => name);
  return blueprint.service.secretReferences.filter(
    (reference) =>
      reference.environment === store.environment &&
      reference.store === store.store &&
      mounted.includes(reference.variable),
  );
}

function awsSecretsManager({ name }: Blueprint, { settings }: SecretStore): object {
  return {
    aws: {
      service: 'SecretsManager',
      region: settings['region'],
      ...(settings['role'] === undefined ? {} : { role: settings['role'] }),
      auth: { jwt: { serviceAccountRef: { name } } },
    },
  };
}

function vault({ name }: Blueprint, { settings }: SecretStore): object {
  return {
    vault: {
      server: settings['address'],
      ...(settings['namespace'] === undefined ? {} : { namespace: settings['namespace'] }),
      path: settings['mount'] ?? 'secret',
      version: 'v2',
      auth: {
        kubernetes: {
          mountPath: settings['authMount'] ?? 'kubernetes',
          role: settings['role'] ?? name,
          serviceAccountRef: {
            name,
            ...(settings['audience'] === undefined ? {} : { audiences: [settings['audience']] }),
          },
        },
      },
    },
  };
}
