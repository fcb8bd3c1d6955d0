import { posix } from 'node:path';
import {
  Duration,
  type IServiceValidation,
  ProcessKind,
  type Service,
  type ServiceProblem,
  type ServiceProcess,
} from '../service';
import type { Blueprint } from './blueprint';
import { K8sRolloutKind } from './k8s-rollout';
import type { ManifestFiles } from './manifest-files';
import { REQUEST_DURATION } from './objects/rollout';
import { optionProblems } from './option-problems';
import { rollbackProblems } from './rollback';

/** What Kubernetes appends to the names of pods, and what tells releases apart, must fit behind it. */
const NAME_LIMIT = 52;

/** Until every proxy knows that a pod goes away. */
const NOTICE = Duration.seconds(5);

/** Until the proxy closes a connection nobody uses. */
const IDLE_TIMEOUT = Duration.seconds(60);

/**
 * What would make the manifests wrong, found before any of them is written.
 */
export class ManifestRules implements IServiceValidation {
  constructor(
    private readonly blueprint: Blueprint,
    private readonly files: ManifestFiles,
  ) {}

  public validate(service: Service): ServiceProblem[] {
    const { blueprint } = this;
    return [
      ...optionProblems(blueprint),
      ...service.processes.flatMap((process) => [
        ...nameProblems(blueprint, process),
        ...portProblems(blueprint, process),
        ...probeProblems(process),
        ...this.stopProblems(process),
      ]),
      ...this.keepAliveProblems(),
      ...this.fileProblems(),
      ...this.rolloutProblems(),
      ...rollbackProblems(blueprint, this.files, service),
      ...this.patchProblems(),
      ...this.twinProblems(),
      ...literalSecretProblems(service, this.files.contents()),
    ];
  }

  /** preStop, the delay, and the drain must all fit before the process is killed; where requests come in, they must be long enough to be noticed. */
  private stopProblems(process: ServiceProcess): ServiceProblem[] {
    if (!process.isLongRunning) {
      return [];
    }
    const answers = process.processKind === ProcessKind.WEB;
    const preStop = answers ? this.blueprint.preStop : Duration.seconds(0);
    return this.blueprint.environments.flatMap(({ name }) => {
      const delay = this.duration('SHUTDOWN_DELAY', name);
      const grace = this.duration('SHUTDOWN_GRACE', name);
      const place = `${process.place} in ${name}`;
      const shown = `${answers ? `preStop ${preStop}, ` : ''}SHUTDOWN_DELAY ${delay ?? 'none'}, SHUTDOWN_GRACE ${grace ?? 'none'}`;
      const wanted = sum(preStop, delay, grace);
      const problems: ServiceProblem[] = [];
      if (wanted.toMillis() >= process.terminationGrace.toMillis()) {
        problems.push({
          place,
          message: `is killed after ${process.terminationGrace}, before it is done stopping (${shown})`,
          value: `${wanted}`,
          fix: `shorten one of them, or give the process a terminationGrace above ${wanted}`,
        });
      }
      const noticed = sum(preStop, delay);
      if (answers && noticed.toMillis() < NOTICE.toMillis()) {
        problems.push({
          place,
          message: `stops taking connections ${noticed} after it is told to stop (${shown}); proxies may take ${NOTICE} to look elsewhere`,
          fix: `lengthen preStop or SHUTDOWN_DELAY, so that they make ${NOTICE} or more`,
        });
      }
      if (answers && preStop.toMillis() % 1_000 !== 0) {
        problems.push({
          place: 'kubernetes.preStop',
          message: 'is no whole number of seconds, which Kubernetes counts in',
          value: `${preStop}`,
          fix: 'round it',
        });
      }
      return problems;
    });
  }

  /** Who closes an idle connection first must be the proxy: it knows that it sends nothing over it any more. */
  private keepAliveProblems(): ServiceProblem[] {
    const idle = this.blueprint.options.ingress?._props.idleTimeout ?? IDLE_TIMEOUT;
    return this.blueprint.options.ingress === undefined
      ? []
      : this.blueprint.environments.flatMap(({ name }) => {
          const kept = this.duration('KEEP_ALIVE_TIMEOUT', name);
          return kept === undefined || kept.toMillis() > idle.toMillis()
            ? []
            : [
                {
                  place: `config variable KEEP_ALIVE_TIMEOUT in ${name}`,
                  message: `closes idle connections before the proxy does, which keeps them ${idle}: a request that is just sent would fail`,
                  value: `${kept}`,
                  fix: `raise it above ${idle}, or give kubernetes.ingress the idleTimeout the proxy has`,
                },
              ];
        });
  }

  /** A file is one pod's at a time. */
  private fileProblems(): ServiceProblem[] {
    const { blueprint } = this;
    return !blueprint.keepsDataInFile
      ? []
      : blueprint.service.replicas
          .filter(({ max }) => max > 1)
          .map(({ place, min, max }) => ({
            place,
            message: 'runs more than once, but the service keeps its data in a file, which one pod at a time can have',
            value: { min, max },
            fix: 'give { min: 1, max: 1 }, or choose a database that is a server',
          }));
  }

  private rolloutProblems(): ServiceProblem[] {
    const { options, service, keepsDataInFile } = this.blueprint;
    const kind = options.rollout?._kind ?? K8sRolloutKind.ROLLING;
    if (kind === K8sRolloutKind.ROLLING) {
      return [];
    }
    const place = 'kubernetes.rollout';
    const problems: ServiceProblem[] = [];
    if (keepsDataInFile) {
      problems.push({
        place,
        message: 'runs two versions side by side, but the service keeps its data in a file, which one pod can have',
        fix: 'drop rollout, or choose a database that is a server',
      });
    }
    for (const process of service.processes.filter((one) => one.singleton && this.blueprint.rollsOut(one))) {
      problems.push({
        place,
        message: `runs two versions side by side, but ${process.name} is a singleton, of which two must never run`,
        fix: 'drop rollout, or singleton from the process',
      });
    }
    if (service.objectives.length === 0) {
      problems.push({
        place,
        message: 'has no objective to watch the new version by',
        fix: 'state one with service.observability.addObjective(…)',
      });
    }
    if (!service.metrics.some(({ name }) => name === REQUEST_DURATION)) {
      problems.push({
        place,
        message: `watches the new version by ${REQUEST_DURATION}, which nobody declares`,
        fix: 'switch observability on, or drop rollout',
      });
    }
    if (options.prometheusOperator === undefined) {
      problems.push({
        place,
        message:
          'watches the new version by metrics, which tell versions apart only where pods are scraped by a PodMonitor',
        fix: 'give kubernetes.prometheusOperator, at least as {}',
      });
    }
    const steps = options.rollout?._props.steps ?? [];
    if (steps.some((step, i) => !Number.isInteger(step) || step <= (steps[i - 1] ?? 0) || step >= 100)) {
      problems.push({
        place: `${place}.steps`,
        message: 'do not grow from above 0 to below 100 percent',
        value: steps,
        fix: 'give ascending whole numbers, such as [10, 30, 60]',
      });
    }
    return problems;
  }

  private patchProblems(): ServiceProblem[] {
    const known = this.blueprint.environments.map(({ name }) => name);
    return this.files.givenPatches.flatMap(({ environment, patch }): ServiceProblem[] => {
      const { kind, metadata } = patch;
      const place = `kubernetes patch of ${kind} ${metadata.name} in ${environment}`;
      if (!known.includes(environment)) {
        return [
          {
            place,
            message: 'is for an environment that has no manifests',
            value: environment,
            fix: `use one of ${known.join(', ')}, or state the environment`,
          },
        ];
      }
      const names = this.files.objectNames(environment);
      const alike = names.filter((name) => name.startsWith(`${kind} `));
      return names.includes(`${kind} ${metadata.name}`)
        ? []
        : [
            {
              place,
              message: 'changes an object that is not there',
              value: `${kind} ${metadata.name}`,
              fix: alike.length === 0 ? 'correct its kind' : `name one of ${alike.join(', ')}`,
            },
          ];
    });
  }

  /** The second of two would be an error of kustomize's. */
  private twinProblems(): ServiceProblem[] {
    return this.files.twins.map(([name, files]) => ({
      place: 'kubernetes manifests',
      message: `have ${name} twice`,
      value: files.sort(),
      fix: 'give one of them another name, or change the one that is generated by an override or a patch',
    }));
  }

  private duration(variable: string, environment: string): Duration | undefined {
    const value = this.blueprint.service.tryFindConfigVariable(variable)?.valueIn(environment);
    try {
      return typeof value === 'string' ? Duration.parse(value) : value;
    } catch {
      // What is no duration is a problem of the variable, which reports it.
      return undefined;
    }
  }
}

function nameProblems(blueprint: Blueprint, process: ServiceProcess): ServiceProblem[] {
  const name = blueprint.nameOf(process);

  return name.length <= NAME_LIMIT
    ? []
    : [
        {
          place: process.place,
          message: `makes objects of a name longer than ${NAME_LIMIT} characters, behind which Kubernetes appends its own`,
          value: name,
          fix: `give it a name of ${Math.max(1, NAME_LIMIT - blueprint.name.length - 1)} characters at most`,
        },
      ];
}

/** Pods have one port in every environment, and two ports are two. */
function portProblems(blueprint: Blueprint, process: ServiceProcess): ServiceProblem[] {
  const names = [process.portVariable, process.managementPortVariable].filter((name) => name !== undefined);
  const values = (name: string) =>
    blueprint.environments.map((environment) => ({
      environment: environment.name,
      value: blueprint.service.tryFindConfigVariable(name)?.valueIn(environment.name),
    }));
  const problems = names.flatMap((name): ServiceProblem[] => {
    const ports = values(name);
    const distinct = new Set(ports.map(({ value }) => value));
    const [port] = distinct;
    if (distinct.size > 1) {
      return [
        {
          place: `${process.place}, ${name}`,
          message: 'has different ports in different environments, but pods, Service and policies have one',
          value: Object.fromEntries(ports.map(({ environment, value }) => [environment, value])),
          fix: 'give it one value where it is deployed',
        },
      ];
    }
    // What its type does not take, it reports itself.
    const allowed = blueprint.service.tryFindConfigVariable(name)?.type.mismatch(port) === undefined;
    return distinct.size === 1 && allowed && !(Number.isInteger(port) && port >= 1 && port <= 65_535)
      ? [
          {
            place: `${process.place}, ${name}`,
            message: 'is no port that others could be told of',
            value: port,
            fix: 'give a port from 1 to 65535',
          },
        ]
      : [];
  });
  const [first, second] = names;
  const twice = blueprint.environments.filter(
    ({ name }) =>
      first !== undefined &&
      second !== undefined &&
      blueprint.service.tryFindConfigVariable(first)?.valueIn(name) ===
        blueprint.service.tryFindConfigVariable(second)?.valueIn(name),
  );
  // In every environment it is meant: probes on the public port.
  return twice.length === 0 || twice.length === blueprint.environments.length
    ? problems
    : [
        ...problems,
        {
          place: process.place,
          message: `uses one port twice, for ${first} and ${second}, in ${twice.map(({ name }) => name).join(', ')} only`,
          fix: 'give them two ports everywhere, or one everywhere',
        },
      ];
}

/** Kubernetes counts probes in whole seconds. */
function probeProblems(process: ServiceProcess): ServiceProblem[] {
  return [process.startupProbe, process.readinessProbe, process.livenessProbe].flatMap((probe) =>
    probe === undefined || (probe.period.toMillis() % 1_000 === 0 && probe.timeout.toMillis() % 1_000 === 0)
      ? []
      : [
          {
            place: `${process.place}, probe ${probe.path}`,
            message: 'has a timing that is no whole number of seconds, which Kubernetes counts in',
            value: { period: `${probe.period}`, timeout: `${probe.timeout}` },
            fix: 'round period and timeout',
          },
        ],
  );
}

/**
 * Secrets that are written into a manifest, by hand or by an override. Values stay out of the message.
 */
function literalSecretProblems(service: Service, contents: ReadonlyArray<readonly [string, any]>): ServiceProblem[] {
  const secrets = service.configVariables.filter(({ secret }) => secret).map(({ name }) => name);
  return contents.flatMap(([path, content]) => {
    const problems: ServiceProblem[] = [];
    if (content.kind === 'Secret' && (content.data !== undefined || content.stringData !== undefined)) {
      problems.push({
        place: path,
        message: 'is a Secret with its values, which would be committed',
        fix: 'let a secret store bring it, and replace the values where they were real',
      });
    }
    if (
      content.kind === 'Kustomization' &&
      (content.secretGenerator ?? []).some(({ literals }: any) => literals?.length)
    ) {
      problems.push({
        place: path,
        message: 'generates a Secret from literals, which would be committed',
        fix: 'let a secret store bring it, and replace the values where they were real',
      });
    }
    const literals = [
      ...literalVariables(content),
      ...Object.keys(content.kind === 'ConfigMap' ? (content.data ?? {}) : {}),
      ...(content.kind === 'Kustomization' ? generatedKeys(content.configMapGenerator) : []),
    ];
    for (const name of literals.filter((name) => secrets.includes(name))) {
      problems.push({
        place: path,
        message: `gives the secret ${name} as a literal, which would be committed and shown by every tool`,
        fix: `drop it: the secret is mounted as a file that ${name}_FILE names; replace it where it was real`,
      });
    }
    return problems;
  });
}

/** The keys of ConfigMaps that kustomize makes: from `KEY=value`, and from files, whose names they are where nothing else is said. */
function generatedKeys(generators: any[] = []): string[] {
  return generators.flatMap(({ literals = [], files = [] }) =>
    [...literals, ...files].map((entry: string) => posix.basename(`${entry}`.split('=')[0]!)),
  );
}

function literalVariables(value: any): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(literalVariables);
  }
  if (value === null || typeof value !== 'object') {
    return [];
  }
  const own = typeof value.name === 'string' && value.value !== undefined ? [value.name] : [];
  return [...own, ...Object.values(value).flatMap(literalVariables)];
}

function sum(...durations: Array<Duration | undefined>): Duration {
  return Duration.millis(durations.reduce((total, duration) => total + (duration?.toMillis() ?? 0), 0));
}
