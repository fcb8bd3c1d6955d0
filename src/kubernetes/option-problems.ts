import { Cpu, type Memory, type NetworkPeer, ProcessKind, type ServiceProblem, type ServiceProcess } from '../service';
import { type Blueprint, isDeployed } from './blueprint';
import { K8sIngressKind } from './k8s-ingress';
import type { K8sEnvironment, K8sReplicas, K8sResources } from './k8s-manifests-options';

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const PROBER = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/;
const REPOSITORY = /^[a-z0-9]+([._-]+[a-z0-9]+)*(\.[a-z0-9-]+)*(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/;

/**
 * Options that cannot be, by themselves or against the facts.
 */
export function optionProblems(blueprint: Blueprint): ServiceProblem[] {
  const { options } = blueprint;
  return [
    ...namespaceProblems(options.namespace),
    ...namespaceProblems(options.prometheusOperator?.namespace, 'prometheusOperator.namespace'),
    ...proberProblems(blueprint),
    ...imageProblems(options.image),
    ...ingressProblems(blueprint),
    ...processNameProblems(blueprint, 'resources', Object.keys(options.resources ?? {})),
    ...Object.entries(options.resources ?? {}).flatMap(([name, it]) =>
      resourceProblems(blueprint, `resources.${name}`, name, it),
    ),
    ...peerProblems(blueprint, 'peers', options.peers),
    ...flawProblems('dataVolume', options.dataVolume),
    ...Object.entries(options.environments ?? {}).flatMap(([name, it]) => environmentProblems(blueprint, name, it)),
  ].map((problem) => ({ ...problem, place: `kubernetes.${problem.place}` }));
}

/** The name of the service, which it is otherwise, has its own rule. */
function namespaceProblems(namespace: string | undefined, place = 'namespace'): ServiceProblem[] {
  return namespace === undefined || LABEL.test(namespace)
    ? []
    : [
        {
          place,
          message: 'is no DNS label: lower-case letters, digits and dashes, 63 at most',
          value: namespace,
          fix: 'give another name, such as "orders"',
        },
      ];
}

/** The operator puts scheme and path around the prober, and the prober asks hosts that have a name. */
function proberProblems(blueprint: Blueprint): ServiceProblem[] {
  const prober = blueprint.options.prometheusOperator?.prober;
  const place = 'prometheusOperator.prober';
  if (prober === undefined) {
    return [];
  }
  if (!PROBER.test(prober)) {
    return [
      {
        place,
        message: 'is no host with its port, without scheme and path',
        value: prober,
        fix: 'write it like "blackbox-exporter.monitoring:9115"',
      },
    ];
  }
  if (blueprint.isCalledInside) {
    return [
      {
        place,
        message: 'asks nobody: the service has no hosts, because it is called inside of the cluster only',
        value: prober,
        fix: 'drop it, or lead requests in by K8sIngress.gateway or K8sIngress.controller',
      },
    ];
  }
  return blueprint.environments
    .filter(({ name }) => (blueprint.settingsOf(name).hosts ?? []).length > 0)
    .filter(({ name }) => blueprint.probedHostsOf(name).length === 0)
    .map(({ name }) => ({
      place: `environments.${name}.hosts`,
      message: 'are wildcards only, and the prober asks hosts that have a name',
      value: blueprint.hostsOf(name),
      fix: 'name one of their hosts as well, or drop prometheusOperator.prober',
    }));
}

/** Names of objects that are somebody else's. */
function nameProblems(place: string, name: string | undefined): ServiceProblem[] {
  return name === undefined || (name.length <= 253 && name.split('.').every((label) => LABEL.test(label)))
    ? []
    : [
        {
          place,
          message: 'is no name that an object of Kubernetes can have: lower-case letters, digits and dashes',
          value: name,
          fix: 'copy it from the cluster',
        },
      ];
}

function imageProblems(image: string | undefined): ServiceProblem[] {
  return image === undefined || REPOSITORY.test(image)
    ? []
    : [
        {
          place: 'image',
          message: 'is no repository with its registry, without tag and digest',
          value: image,
          fix: 'write it like "registry.example.com/shop/orders"; digests are given by environment',
        },
      ];
}

function ingressProblems(blueprint: Blueprint): ServiceProblem[] {
  const { ingress } = blueprint.options;
  if (ingress === undefined) {
    return [];
  }
  const web = blueprint.service.processes.filter(({ processKind }) => processKind === ProcessKind.WEB);
  const props = ingress._props;
  const problems: ServiceProblem[] = [];
  if (blueprint.front === undefined) {
    problems.push({
      place: 'ingress',
      message:
        web.length === 0 ? 'leads requests in, but no process answers any' : 'does not say which process it leads to',
      value: props.process,
      fix:
        web.length === 0
          ? 'state a web process, or drop ingress'
          : `name one of them as process: ${web.map(({ name }) => name).join(', ')}`,
    });
  }
  if (
    ingress._kind === K8sIngressKind.CONTROLLER &&
    (props.clusterIssuer === undefined) === (props.acmeEmail === undefined)
  ) {
    problems.push({
      place: 'ingress',
      message: 'needs one who signs its certificate, and takes no two',
      fix: 'give either clusterIssuer or acmeEmail',
    });
  }
  if (props.acmeEmail !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(props.acmeEmail)) {
    problems.push({
      place: 'ingress.acmeEmail',
      message: 'is no e-mail address, and would be refused when the first certificate is asked for',
      value: props.acmeEmail,
      fix: 'give an address that is read, such as "platform@example.com"',
    });
  }
  const named = ['gateway', 'namespace', 'listener', 'proxyNamespace', 'className', 'controllerNamespace'] as const;
  for (const member of named) {
    problems.push(...nameProblems(`ingress.${member}`, props[member]));
  }
  for (const { namespace } of props.callers ?? []) {
    problems.push(...nameProblems('ingress.callers', namespace));
  }
  if (ingress._kind === K8sIngressKind.INTERNAL && (props.callers ?? []).length === 0) {
    problems.push({ place: 'ingress', message: 'is internal, but nobody may call', fix: 'name at least one caller' });
  }
  return problems;
}

function environmentProblems(blueprint: Blueprint, name: string, settings: K8sEnvironment): ServiceProblem[] {
  const place = `environments.${name}`;
  const environment = blueprint.service.environments.find((known) => known.name === name);
  const deployed = blueprint.environments.map((known) => known.name).join(', ');
  if (environment === undefined || !isDeployed(environment)) {
    return [
      {
        place,
        message:
          environment === undefined
            ? 'is an environment the service does not have'
            : 'is an environment on developers’ machines, which no manifest is for',
        value: name,
        fix: `use one of ${deployed || 'those you state'}, or state the environment`,
      },
    ];
  }
  const optional = blueprint.service.configVariables.filter(({ secret, optional }) => secret && optional);
  return [
    ...(settings.hosts?.length === 0
      ? [
          {
            place: `${place}.hosts`,
            message: 'names no host, which a gateway reads as every host',
            value: settings.hosts,
            fix: 'name one, or leave hosts out until there is one',
          },
        ]
      : []),
    ...twice(settings.hosts ?? []).map((host) => ({
      place: `${place}.hosts`,
      message: 'is there twice',
      value: host,
      fix: 'name it once',
    })),
    ...(settings.hosts ?? []).flatMap((host) => [
      ...hostProblems(place, host),
      ...wildcardProblems(place, host, blueprint.options.ingress?._props.acmeEmail),
    ]),
    ...digestProblems(place, settings.imageDigest),
    ...processNameProblems(blueprint, `${place}.resources`, Object.keys(settings.resources ?? {})),
    ...Object.entries(settings.resources ?? {}).flatMap(([process, it]) =>
      resourceProblems(blueprint, `${place}.resources.${process}`, process, it, name),
    ),
    ...Object.entries(settings.replicas ?? {}).flatMap(([process, it]) =>
      replicaProblems(`${place}.replicas.${process}`, it),
    ),
    ...peerProblems(blueprint, `${place}.peers`, settings.peers),
    ...(settings.optionalSecrets ?? [])
      .filter((variable) => !optional.some((known) => known.name === variable))
      .map((variable) => ({
        place: `${place}.optionalSecrets`,
        message: 'names something that is no optional secret; required ones are mounted anyway',
        value: variable,
        fix:
          optional.length === 0
            ? 'drop it'
            : `name some of ${optional.map((known) => known.name).join(', ')}, or drop it`,
      })),
  ];
}

function hostProblems(place: string, host: string): ServiceProblem[] {
  const labels = host.split('.');
  const valid =
    host.length <= 253 &&
    labels.length > 1 &&
    labels.every((label, index) => LABEL.test(label) || (index === 0 && label === '*' && labels.length > 2));
  return valid
    ? []
    : [
        {
          place: `${place}.hosts`,
          message: 'is no host name',
          value: host,
          fix: 'write it without scheme, port and path, such as "orders.example.com"',
        },
      ];
}

/** Let's Encrypt gives certificates for wildcards to those who can change the zone, which the Issuer here cannot. */
function wildcardProblems(place: string, host: string, acmeEmail: string | undefined): ServiceProblem[] {
  return acmeEmail === undefined || !host.startsWith('*.')
    ? []
    : [
        {
          place: `${place}.hosts`,
          message:
            'is a wildcard, for which the Issuer that acmeEmail makes never gets a certificate: it answers challenges by HTTP',
          value: host,
          fix: 'name the hosts, or give clusterIssuer one that answers challenges by DNS instead of acmeEmail',
        },
      ];
}

function twice(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) < i))];
}

function digestProblems(place: string, digest: string | undefined): ServiceProblem[] {
  return digest === undefined || DIGEST.test(digest)
    ? []
    : [
        {
          place: `${place}.imageDigest`,
          message: 'is no digest: "sha256:" and 64 hexadecimal digits',
          value: digest,
          fix: 'copy it from the registry; a tag can be moved, a digest cannot',
        },
      ];
}

/** What is stated is looked at by itself, and the limit with what is not stated there but holds. */
function resourceProblems(
  blueprint: Blueprint,
  place: string,
  name: string,
  stated: K8sResources,
  environment?: string,
): ServiceProblem[] {
  const { cpu, memory, memoryLimit, temporaryStorage } = stated;
  const flaws = [
    ...flawProblems(`${place}.cpu`, cpu),
    ...flawProblems(`${place}.memory`, memory),
    ...flawProblems(`${place}.memoryLimit`, memoryLimit),
    ...flawProblems(`${place}.temporaryStorage`, temporaryStorage),
  ];
  const process = blueprint.service.processes.find((found) => found.name === name);
  const used = process && blueprint.resourcesOf(process, environment);
  if (flaws.length > 0 || used === undefined) {
    return flaws;
  }
  return used.memoryLimit.toMebibytes() >= used.memory.toMebibytes()
    ? []
    : [
        {
          place: `${place}.memoryLimit`,
          message: `is below the ${used.memory} the process is sure to get`,
          value: `${used.memoryLimit}`,
          fix: 'raise memoryLimit, or lower memory',
        },
      ];
}

function flawProblems(place: string, quantity: Cpu | Memory | undefined): ServiceProblem[] {
  const flaw = quantity?.flaw();
  const example = quantity instanceof Cpu ? 'Cpu.millis(250)' : 'Memory.mebibytes(256)';
  return flaw === undefined ? [] : [{ place, message: flaw, value: quantity, fix: `write it like ${example}` }];
}

function replicaProblems(place: string, { min, max, minAvailable }: K8sReplicas): ServiceProblem[] {
  const problems: ServiceProblem[] = [];
  if (min === 0) {
    problems.push({
      place,
      message: 'lets every pod go, and an autoscaler that looks at processors never brings one back',
      value: { min, max },
      fix: 'give a min of at least 1',
    });
  }
  if (minAvailable !== undefined && !(Number.isInteger(minAvailable) && minAvailable >= 0 && minAvailable < min)) {
    problems.push({
      place,
      message: `keeps ${minAvailable} of at least ${min} pods running, so no node they run on could ever be drained`,
      value: { min, minAvailable },
      fix: 'lower minAvailable below min, or raise min',
    });
  }
  return problems;
}

function peerProblems(
  { service }: Blueprint,
  place: string,
  peers: Record<string, NetworkPeer> = {},
): ServiceProblem[] {
  const stores = service.secretStores.flatMap(({ connections }) => connections.map(({ name }) => name));
  const known = [...new Set([...service.backingServices.map(({ name }) => name), ...stores])];
  return Object.entries(peers).flatMap(([name, peer]): ServiceProblem[] => {
    if (!known.includes(name)) {
      return [
        {
          place,
          message: 'names a backing service the service does not have',
          value: name,
          fix: known.length === 0 ? 'drop it' : `use one of ${known.join(', ')}`,
        },
      ];
    }
    const flaw = peer.flaw();
    return flaw === undefined ? [] : [{ place: `${place}.${name}`, message: flaw, fix: 'correct the peer' }];
  });
}

function processNameProblems(blueprint: Blueprint, place: string, names: string[]): ServiceProblem[] {
  const known = blueprint.service.processes.map((process: ServiceProcess) => process.name);
  return names
    .filter((name) => !known.includes(name))
    .map((name) => ({
      place,
      message: 'names a process the service does not have',
      value: name,
      fix: `use one of ${known.join(', ')}`,
    }));
}
