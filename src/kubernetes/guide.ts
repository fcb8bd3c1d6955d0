import type { IGuideText, Service, ServiceProcess } from '../service';
import type { Blueprint } from './blueprint';
import type { ManifestFiles } from './manifest-files';
import { standingOf } from './not-configured';
import { rollbackOf, shown } from './rollback';

/**
 * The page about the manifests of this service: what runs, what is missing, how to release and to go back.
 */
export class KubernetesGuide implements IGuideText {
  public static readonly FRONT = {
    title: 'Kubernetes',
    summary: 'What runs in the cluster, what each environment still lacks, and how to release and roll back',
  };

  constructor(
    private readonly blueprint: Blueprint,
    private readonly files: ManifestFiles,
  ) {}

  public render(_service: Service): string {
    const { blueprint } = this;
    return [
      'The manifests below `k8s/` are made from the declaration in `.projenrc.ts`: `k8s/base/` holds one object per file, `k8s/overlays/<environment>/` only what differs.',
      '## What runs',
      this.processes(),
      '## Environments',
      ...blueprint.environments.map(({ name }) => this.environment(name)),
      '## Release',
      RELEASE(blueprint.keepsDataInFile, blueprint.jobs.length > 0),
      '## Roll back',
      ROLLBACK(blueprint),
      ...this.rollbackTimes(),
    ].join('\n\n');
  }

  private processes(): string {
    const { blueprint } = this;
    const header = ['Process', 'Object', ...blueprint.environments.map(({ name }) => name)];
    const rows = blueprint.service.processes.map((process) => [
      process.name,
      process.isLongRunning
        ? `Deployment \`${blueprint.nameOf(process)}\``
        : process.schedule === undefined
          ? blueprint.keepsDataInFile
            ? `init container of \`${blueprint.keeper?.name}\``
            : 'Job of each release'
          : `CronJob \`${blueprint.nameOf(process)}\`, \`${process.schedule.expression}\` UTC`,
      ...blueprint.environments.map(({ name }) => {
        const { min, max } = blueprint.replicasOf(process, name);
        return process.isLongRunning ? (min === max ? `${min}` : `${min} to ${max}`) : '';
      }),
    ]);
    return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  }

  /** What the manifests themselves make of it, with as many pods as there may be. */
  private rollbackTimes(): string[] {
    const { blueprint, files } = this;
    const rows = blueprint.longRunning.flatMap((process) =>
      blueprint.environments.flatMap(({ name }) => {
        const rollback = rollbackOf(blueprint, files, process, name);
        return rollback === undefined
          ? []
          : [`| ${process.name} | ${name} | ${rollback.first} s | ${rollback.total} s (${shown(rollback)}) |`];
      }),
    );
    return rows.length === 0
      ? []
      : [
          `How long that takes at most, by the numbers in these manifests; synthesis refuses more than two minutes. Ten seconds of each round are the node's, which has the image.

| Process | Environment | The first pod serves | All do |
| --- | --- | --- | --- |
${rows.join('\n')}`,
        ];
  }

  private environment(name: string): string {
    const { missing, notes } = standingOf(this.blueprint, name);
    const lines = [
      ...missing.map(({ what, fix }) => `- Not configured yet: ${what} (\`${fix.replaceAll('`', '')}\`)`),
      ...notes.map((note) => `- ${note}`),
    ];
    return `**${name}**${lines.length === 0 ? ': everything is configured.' : `\n\n${lines.join('\n')}`}`;
  }
}

const RELEASE = (keepsDataInFile: boolean, hasJobs: boolean) => `\`\`\`sh
npx projen k8s:check prod
npx projen k8s:render prod --image-digest sha256:… | kubectl apply --server-side -f -
\`\`\`

${
  keepsDataInFile
    ? 'The service keeps its data in a file on a volume that one pod can have: the old pod stops before the new one starts, so a release interrupts it for some seconds.'
    : `A new pod gets traffic when it is ready, and an old one goes only then.${
        hasJobs
          ? ' The Job of the release has a name of its own; new pods are not ready before it has applied the migrations they came with, and old ones go on until then.'
          : ''
      }`
}`;

const ROLLBACK = (blueprint: Blueprint) => `\`\`\`sh
${blueprint.longRunning.map((process) => undo(blueprint, process)).join('\n')}
\`\`\`

The old version's ReplicaSet, with its own ConfigMap, is still there, and its image is on the nodes. The database stays as it is: migrations expand before
they contract, so the version before works on the schema of the version after. Where a migration must be undone all the same, do it when the old version serves:
pods of the newer one are not ready without it. Scheduled jobs keep the newer image until the
digest is set back where it is declared, which the next release needs as well.`;

function undo(blueprint: Blueprint, process: ServiceProcess): string {
  const kubectl = `kubectl --namespace ${blueprint.namespace}`;
  const name = blueprint.nameOf(process);
  return blueprint.rollsOut(process)
    ? `${kubectl} argo rollouts undo ${name}`
    : `${kubectl} rollout undo deployment/${name}`;
}
