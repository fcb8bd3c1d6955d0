import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { synthInto } from '../../support/synth';
import {
  objectsIn,
  podSecurityVerdict,
  render,
  reviewVerdict,
  type Situation,
  schemaVerdict,
  scoreVerdict,
  type Tree,
  versions,
  written,
} from './gates';
import { KUBE_LINTER } from './kube-linter';
import { MUTATIONS } from './mutations';
import { deployedServices } from './services';

const golden = join(__dirname, '..', '..', 'golden');
const scratch = mkdtempSync(join(tmpdir(), 'kubernetes-'));
afterAll(() => rmSync(scratch, { recursive: true }));

interface Rendering {
  readonly name: string;
  /** As it would be applied. */
  readonly text: string;
  readonly objects: Tree[];
  readonly situations: Situation[];
  readonly isOverlay: boolean;
}

const folders: Record<string, string> = Object.fromEntries([
  ...readdirSync(golden)
    .filter((name) => existsSync(join(golden, name, 'k8s')))
    .map((name) => [`golden ${name}`, join(golden, name)]),
  ...Object.entries(deployedServices).map(([name, make]) => {
    const folder = join(scratch, name);
    mkdirSync(folder);
    synthInto(folder, make);
    return [name, folder];
  }),
]);

const renderings: Rendering[] = Object.entries(folders).flatMap(([service, folder]) => {
  const overlays = readdirSync(join(folder, 'k8s', 'overlays')).map((name) => join('overlays', name));
  return ['base', ...overlays].map((path) => {
    const text = render(join(folder, 'k8s', path));
    const objects = objectsIn(text);
    return {
      text,
      name: `${service}, ${path}`,
      objects,
      situations: situationsOf(objects),
      isOverlay: path !== 'base',
    };
  });
});

const prodOf = (service: string) => renderings.find(({ name }) => name === `${service}, ${join('overlays', 'prod')}`)!;

function situationsOf(objects: Tree[]): Situation[] {
  const kinds = objects.map(({ kind }) => kind);
  const images = JSON.stringify(objects).match(/"image":"[^"]+"/g) ?? [];
  return [
    ...(images.every((image) => image.includes('@sha256:')) ? [] : ['unconfigured' as const]),
    ...(kinds.includes('Issuer') ? ['acme' as const] : []),
    ...(kinds.includes('PersistentVolumeClaim') ? ['file' as const] : []),
    ...(kinds.includes('Rollout') ? ['rollout' as const] : []),
    ...(objects.some(({ kind, spec }) => kind === 'Deployment' && spec.replicas === 1) ? ['single' as const] : []),
  ];
}

it('between them the services have every kind of object there is', () => {
  expect([...new Set(renderings.flatMap(({ objects }) => objects.map(({ kind }) => kind)))].sort()).toEqual([
    'AnalysisTemplate',
    'Certificate',
    'ConfigMap',
    'CronJob',
    'Deployment',
    'ExternalSecret',
    'HTTPRoute',
    'HorizontalPodAutoscaler',
    'Ingress',
    'Issuer',
    'Job',
    'LimitRange',
    'Namespace',
    'NetworkPolicy',
    'PersistentVolumeClaim',
    'PodDisruptionBudget',
    'PodMonitor',
    'Probe',
    'PrometheusRule',
    'Rollout',
    'SecretStore',
    'Service',
    'ServiceAccount',
    'VerticalPodAutoscaler',
  ]);
});

describe('every base and overlay is accepted', () => {
  it.each(versions())('by the schemas of Kubernetes %s and of all custom resources', (version) => {
    const folder = mkdtempSync(join(scratch, 'all-'));
    for (const { name, text } of renderings) {
      writeFileSync(join(folder, `${name.replace(/\W+/g, '-')}.yaml`), text);
    }
    const { passed, output } = schemaVerdict(folder, version);
    const refused = output.split('\n').filter((line) => line !== '' && !line.endsWith('OK'));
    expect({ passed, refused: passed ? [] : refused }).toEqual({ passed: true, refused: [] });
  });

  it.each(renderings)('by the restricted Pod Security Standard: $name', ({ objects }) => {
    expect(podSecurityVerdict(objects)).toEqual({ passed: true, output: expect.stringContaining(', 0 refused') });
  });

  it.each(renderings)('by kube-score: $name', ({ objects, situations }) => {
    expect(scoreVerdict(objects, situations)).toEqual({ passed: true, output: '' });
  });

  it.each(renderings.filter(({ isOverlay }) => isOverlay))('by reviewers: $name', ({ objects }) => {
    expect(reviewVerdict(objects)).toEqual({ passed: true, output: '' });
  });
});

describe('what is applied is what was declared', () => {
  it('jobs of two environments and of two releases have names of their own', () => {
    const names = renderings.flatMap(({ objects, isOverlay }) =>
      isOverlay ? objects.filter(({ kind }) => kind === 'Job').map(({ metadata }) => metadata.name) : [],
    );
    // Two services of one name are one service here.
    expect(new Set(names).size).toBeGreaterThan(names.length / 2);
  });

  it('pods mount the Secret that External Secrets makes', () => {
    const { objects } = prodOf('gateway');
    const made = objects.filter(({ kind }) => kind === 'ExternalSecret').map(({ spec }) => spec.target.name);
    const mounted = objects
      .filter(({ kind }) => kind === 'Deployment')
      .flatMap(({ spec }) => spec.template.spec.volumes)
      .flatMap(({ projected }: Tree) => projected?.sources ?? [])
      .map(({ secret }: Tree) => secret.name);
    expect(new Set(mounted)).toEqual(new Set(made));
  });
});

describe('the verbs of a service', () => {
  const tsx = createRequire(__filename).resolve('tsx/cli');
  const verb = (service: string, name: string, ...args: string[]) =>
    spawnSync(process.execPath, [tsx, `tools/kubernetes/${name}.ts`, ...args], {
      cwd: folders[service],
      encoding: 'utf8',
    });

  it('k8s:render takes the digest of a release: another image, another job', () => {
    const digest = `sha256:${'c'.repeat(64)}`;
    const { status, stdout } = verb('gateway', 'render', 'prod', '--image-digest', digest);
    const jobs = (objects: Tree[]) => objects.filter(({ kind }) => kind === 'Job').map(({ metadata }) => metadata.name);
    const objects = objectsIn(stdout);

    expect(status).toBe(0);
    expect(new Set(stdout.match(/image: .*/g))).toEqual(new Set([`image: registry.example.com/shop/orders@${digest}`]));
    expect(jobs(objects)).toEqual([expect.stringMatching(/^orders-migrate-[0-9a-f]{10}$/)]);
    expect(jobs(objects)).not.toEqual(jobs(prodOf('gateway').objects));
    expect(reviewVerdict(objects)).toEqual({ passed: true, output: '' });
  });

  it('k8s:check passes what is configured, and names what is not', () => {
    expect(verb('gateway', 'check', 'prod')).toMatchObject({ status: 0, stderr: '' });
    const { status, stderr } = verb('canary', 'check', 'prod');
    expect(status).toBe(1);
    expect(stderr).toMatchInlineSnapshot(`
      "Not configured for prod: the value of BACKUP_PUSHGATEWAY_URL. Set values: { prod: … } of config variable BACKUP_PUSHGATEWAY_URL.
      Not configured for prod: the value of BACKUP_RECIPIENTS. Set values: { prod: … } of config variable BACKUP_RECIPIENTS.
      Not configured for prod: the value of BACKUP_STORE_URL. Set values: { prod: … } of config variable BACKUP_STORE_URL.
      Not configured for prod: where BACKUP_DRILL_DATABASE_URL, BACKUP_IDENTITY, DATABASE_URL, REDIS_URL come from. Set service.secrets.use(…, { environments: ['prod'] }).
      "
    `);
  });
});

it.each(Object.entries({ ...KUBE_LINTER.default, ...KUBE_LINTER.optional }))(
  'what kube-linter calls %s is kept by a gate, or has a reason',
  (_, kept) => {
    const protections = MUTATIONS.map(({ protection }) => protection);
    expect('by' in kept ? protections.includes(kept.by) : kept.not.length > 0).toBe(true);
  },
);

describe.each(MUTATIONS)('without $protection', ({ service = 'gateway', mutate, gate, complaint }) => {
  it(`${gate} refuses`, () => {
    const { objects, situations } = prodOf(service);
    const mutant = structuredClone(objects);
    mutate(mutant);
    expect(mutant).not.toEqual(objects);
    const verdict = {
      schema: () => schemaVerdict(written(mutant), versions().at(-1)!),
      'pod security': () => podSecurityVerdict(mutant),
      'kube-score': () => scoreVerdict(mutant, situations),
      review: () => reviewVerdict(mutant),
    }[gate]();
    expect(verdict).toEqual({ passed: false, output: expect.stringMatching(complaint) });
  });
});
