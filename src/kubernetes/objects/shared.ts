import type { ProcessIdentity } from '../../service';
import type { Blueprint } from '../blueprint';

/** The namespace, in which only pods without privileges are admitted. */
export function namespace(blueprint: Blueprint): object {
  const modes = ['enforce', 'audit', 'warn'];
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: blueprint.namespace,
      labels: Object.fromEntries(
        modes.flatMap((mode) => [
          [`pod-security.kubernetes.io/${mode}`, 'restricted'],
          [`pod-security.kubernetes.io/${mode}-version`, 'latest'],
        ]),
      ),
    },
  };
}

/** Who the pods are. They have nothing to ask the cluster, so they get no token; what a cloud knows them by, it mounts itself. */
export function serviceAccount(blueprint: Blueprint, identity?: ProcessIdentity): object {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: blueprint.accountOf(identity) },
    automountServiceAccountToken: false,
  };
}

/** The volume of a service that keeps its data in a file. */
export function dataVolume(blueprint: Blueprint): object | undefined {
  return blueprint.keepsDataInFile
    ? {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: `${blueprint.name}-data` },
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: `${blueprint.options.dataVolume ?? '1Gi'}` } },
        },
      }
    : undefined;
}
