import { ConfigState, ProcessKind, SecretDelivery, type SecretStore } from '../service';
import type { Blueprint } from './blueprint';
import { K8sIngressKind } from './k8s-ingress';
import { isFetched } from './objects/secrets';

/** Something an environment needs before it can be deployed, and who to tell it to. */
export interface NotConfigured {
  readonly what: string;
  readonly fix: string;
  /** The option of `k8s:render` that brings it as well. */
  readonly option?: 'image-digest';
}

/** An environment as it stands: what is missing, and what somebody else brings. */
export interface Standing {
  readonly missing: NotConfigured[];
  readonly notes: string[];
}

/**
 * What is missing before an environment can be deployed. No contradiction: a new service has none of it.
 */
export function standingOf(blueprint: Blueprint, environment: string): Standing {
  const secrets = secretsIn(blueprint, environment);
  return {
    missing: [
      ...images(blueprint, environment),
      ...waysIn(blueprint, environment),
      ...peers(blueprint, environment),
      ...variables(blueprint, environment),
      ...identities(blueprint, environment),
      ...secrets.missing,
    ],
    notes: [...unreached(blueprint), ...unasked(blueprint, environment), ...secrets.notes],
  };
}

/** Web processes that no policy lets anybody in to. Where nobody comes in yet, that is what is missing. */
function unreached({ service, options, front }: Blueprint): string[] {
  return service.processes
    .filter(({ processKind, name }) => processKind === ProcessKind.WEB && name !== front?.name)
    .filter(() => options.ingress !== undefined)
    .map(
      ({ name }) =>
        `Nobody reaches ${name}, because requests are led to ${front?.name} only: let somebody in by an override of k8s/base/network-policy-${name}.yaml`,
    );
}

/** Hosts that nobody asks from outside, although there is somebody who asks. */
function unasked(blueprint: Blueprint, environment: string): string[] {
  const asked = blueprint.probedHostsOf(environment);
  return blueprint
    .hostsOf(environment)
    .filter((host) => blueprint.options.prometheusOperator?.prober !== undefined && !asked.includes(host))
    .map(
      (host) =>
        `Nobody asks ${host} from outside, because no single name stands for it: name one of its hosts in kubernetes.environments.${environment}.hosts as well, unless ${asked.join(', ')} shows the same certificate`,
    );
}

function images(blueprint: Blueprint, environment: string): NotConfigured[] {
  const { image } = blueprint.options;
  const { imageDigest } = blueprint.settingsOf(environment);
  return [
    ...(image === undefined ? [{ what: 'the repository of the image', fix: 'kubernetes.image' }] : []),
    ...(imageDigest === undefined
      ? [
          {
            what: 'the digest of the image',
            fix: `kubernetes.environments.${environment}.imageDigest, or k8s:render ${environment} --image-digest sha256:…`,
            option: 'image-digest' as const,
          },
        ]
      : []),
  ];
}

function waysIn(blueprint: Blueprint, environment: string): NotConfigured[] {
  const { ingress } = blueprint.options;
  if (ingress === undefined) {
    return blueprint.front === undefined ? [] : [{ what: 'how requests come in', fix: 'kubernetes.ingress' }];
  }
  return ingress._kind === K8sIngressKind.INTERNAL || blueprint.settingsOf(environment).hosts !== undefined
    ? []
    : [{ what: 'the hosts it answers to', fix: `kubernetes.environments.${environment}.hosts` }];
}

function peers(blueprint: Blueprint, environment: string): NotConfigured[] {
  const open = blueprint.service.processes
    .flatMap((process) => blueprint.edgesOf(process, environment))
    .filter(({ peer }) => peer === undefined)
    .map(({ backingService }) => backingService);
  return [...new Set(open)].sort().map((name) => ({
    what: `where on the network ${name} is, so nothing reaches it`,
    fix: `kubernetes.environments.${environment}.peers: { ${/^[a-z0-9]+$/.test(name) ? name : `'${name}'`}: NetworkPeer.cidr(…) }, or kubernetes.peers`,
  }));
}

function variables({ service }: Blueprint, environment: string): NotConfigured[] {
  return service.configVariables
    .filter(({ secret }) => !secret)
    .filter((variable) =>
      [ConfigState.MISSING, ConfigState.REFERENCED].includes(service.configState(variable, environment)),
    )
    .map(({ name }) => ({
      what: `the value of ${name}`,
      fix: `values: { ${environment}: … } of config variable ${name}`,
    }));
}

function identities({ service }: Blueprint, environment: string): NotConfigured[] {
  return service.identities.flatMap(({ name, identities }) =>
    identities
      .filter((identity) => identity._isMissingIn(environment))
      .map(({ title }) => ({
        what: `what ${title} calls the processes of ${name}`,
        fix: `name that of ${environment} in its WorkloadIdentity`,
      })),
  );
}

/** Rights are given in the cloud, to an account of the cluster. */
function identityNotes(blueprint: Blueprint, stores: readonly SecretStore[]): string[] {
  const { service, namespace } = blueprint;
  const read = stores.filter(({ delivery }) => delivery === SecretDelivery.SERVICE);
  return service.identities.flatMap((identity) => {
    const account = `the service account ${blueprint.accountOf(identity)} in namespace ${namespace}`;
    return [
      ...identity.identities.map(
        ({ title }) => `By ${title}, ${account} needs the rights of ${identity.processes.join(', ')}`,
      ),
      ...read.map(
        ({ title }) => `${identity.processes.join(', ')} read ${title} themselves: let ${account} do that, too`,
      ),
    ];
  });
}

function secretsIn(blueprint: Blueprint, environment: string): Standing {
  const { service } = blueprint;
  const stores = service.secretStores.filter((store) => store.environment === environment);
  const unkept: string[] = [];
  const fetched = new Set<SecretStore>();
  const made = new Map<string, string[]>();
  for (const variable of blueprint.allSecretsIn(environment)) {
    const reference = service.tryFindSecretReference(variable.name, environment);
    const store = stores.find((found) => found.store === reference?.store);
    if (store === undefined) {
      unkept.push(variable.name);
    } else if (isFetched(store)) {
      fetched.add(store);
    } else {
      const secret = blueprint.secretNameOf(variable, environment);
      made.set(secret, [...(made.get(secret) ?? []), variable.name]);
    }
  }
  return {
    missing: [
      ...(unkept.length === 0
        ? []
        : [
            {
              what: `where ${unkept.join(', ')} ${unkept.length === 1 ? 'comes' : 'come'} from`,
              fix: `service.secrets.use(…, { environments: ['${environment}'] })`,
            },
          ]),
      ...[...fetched].flatMap(roleToFetch),
    ],
    notes: [
      ...[...made].map(
        ([secret, keys]) =>
          `Somebody must make the Secret ${secret} in namespace ${blueprint.namespace}, with ${keys.join(', ')}`,
      ),
      ...stores.flatMap((store) => noteOf(blueprint, store)),
      ...identityNotes(blueprint, stores),
    ],
  };
}

/** External Secrets takes on the role that the service account names, and has no other way to one. */
function roleToFetch({ storeKind, title, environment, accountAnnotations }: SecretStore): NotConfigured[] {
  return storeKind === 'aws-secrets-manager' && accountAnnotations['eks.amazonaws.com/role-arn'] === undefined
    ? [
        {
          what: `the role by which External Secrets reads ${title}`,
          fix: `roleArn of SecretsProvider.awsSecretsManager(…) for ${environment}`,
        },
      ]
    : [];
}

/** What the manifests cannot bring. */
function noteOf({ name, namespace }: Blueprint, { delivery, title, token, accountAnnotations }: SecretStore): string[] {
  if (delivery === SecretDelivery.AGENT) {
    return [
      `An agent beside the service reads ${title}: add its container to the pods, and to those of jobs as an init container that exits after it has written the files`,
    ];
  }
  const isKnown = token !== undefined || Object.keys(accountAnnotations).length > 0;
  return delivery === SecretDelivery.SERVICE && !isKnown
    ? [`The service reads ${title} itself: let the service account ${name} in namespace ${namespace} do that`]
    : [];
}
