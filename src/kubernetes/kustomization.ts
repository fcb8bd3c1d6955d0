import { createHash } from 'node:crypto';
import type { ConfigVariable, ServiceProcess } from '../service';
import type { Blueprint } from './blueprint';

const HEAD = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };

/**
 * What all environments have in common.
 *
 * @param resources the files of the base that have content
 */
export function baseKustomization(blueprint: Blueprint, resources: string[]): object {
  return {
    ...HEAD,
    namespace: blueprint.namespace,
    labels: [
      {
        pairs: commonLabels(blueprint),
        includeSelectors: false,
        includeTemplates: true,
      },
    ],
    configMapGenerator: [
      { name: blueprint.configName, literals: literals(blueprint.portVariables, baseValue(blueprint)) },
      ...ownConfigs(blueprint).map((process) => ({
        name: blueprint.ownConfigName(process),
        ...withLiterals(literals(blueprint.ownVariablesOf(process), ({ defaultValue }) => defaultValue)),
      })),
    ],
    resources,
  };
}

/**
 * What differs in an environment.
 */
export function overlayKustomization(
  blueprint: Blueprint,
  environment: string,
  resources: string[],
  patches: object[],
): object {
  const { imageDigest } = blueprint.settingsOf(environment);
  const repository = blueprint.options.image;
  const own = ownConfigs(blueprint)
    .map((process) => ({
      name: blueprint.ownConfigName(process),
      behavior: 'merge',
      literals: literals(blueprint.ownVariablesOf(process), ({ values }) => values[environment]),
    }))
    .filter((generator) => generator.literals.length > 0);
  return {
    ...HEAD,
    namespace: blueprint.namespace,
    labels: [
      {
        // The common ones again, for what only this environment has.
        pairs: {
          ...commonLabels(blueprint),
          'app.kubernetes.io/instance': `${blueprint.name}-${environment}`,
          ...(imageDigest === undefined ? {} : { 'app.kubernetes.io/version': versionOf(imageDigest) }),
        },
        includeSelectors: false,
        includeTemplates: true,
      },
    ],
    ...(repository === undefined && imageDigest === undefined
      ? {}
      : {
          images: [
            {
              name: blueprint.image,
              ...(repository === undefined ? {} : { newName: repository }),
              ...(imageDigest === undefined ? {} : { digest: imageDigest }),
            },
          ],
        }),
    configMapGenerator: [
      { name: blueprint.configName, behavior: 'merge', literals: environmentLiterals(blueprint, environment) },
      ...own,
    ],
    resources: ['../../base', ...resources],
    ...(patches.length > 0 ? { patches } : {}),
  };
}

function commonLabels({ name }: Blueprint): Record<string, string> {
  return {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/part-of': name,
    'app.kubernetes.io/managed-by': 'kustomize',
  };
}

/** The plain variables of an environment: what is left out has the default the image has. */
function environmentLiterals(blueprint: Blueprint, environment: string): string[] {
  return [`APP_ENV=${environment}`, ...literals(blueprint.sharedVariables, ({ values }) => values[environment])];
}

/** Enough of a digest to tell versions apart. */
export function versionOf(digest: string): string {
  return digest.replace('sha256:', '').slice(0, 12);
}

/** A name for each release: the same release has the same one, so that applying it again changes nothing. */
export function releaseName(name: string, ...contents: unknown[]): string {
  return `${name}-${createHash('sha256').update(JSON.stringify(contents)).digest('hex').slice(0, 10)}`;
}

function ownConfigs(blueprint: Blueprint): ServiceProcess[] {
  return blueprint.service.processes.filter((process) => blueprint.hasOwnConfig(process));
}

/** Without any, overlays bring them. */
function withLiterals(given: string[]): object {
  return given.length > 0 ? { literals: given } : {};
}

function baseValue({ environments }: Blueprint): (variable: ConfigVariable) => unknown {
  return (variable) => variable.valueIn(environments[0]?.name ?? '');
}

function literals(variables: readonly ConfigVariable[], value: (variable: ConfigVariable) => any): string[] {
  return variables.flatMap((variable) => {
    const given = value(variable);
    return given === undefined ? [] : [`${variable.name}=${quoted(variable.type.format(given))}`];
  });
}

/** Kustomize takes a pair of quotes around a value away, so a value that has its own gets another. */
function quoted(value: string): string {
  return /^(["']).*\1$/s.test(value) ? `"${value}"` : value;
}
