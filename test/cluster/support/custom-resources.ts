import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kubectl } from './kubectl';

/** The custom resources that manifests may have; their modules bring many more. */
const WANTED = [
  'AnalysisTemplate',
  'Certificate',
  'ExternalSecret',
  'HTTPRoute',
  'Issuer',
  'PodMonitor',
  'Probe',
  'PrometheusRule',
  'Rollout',
  'SecretStore',
  'VerticalPodAutoscaler',
];

/** Makes the kinds known that the operators of a cluster bring, with the schemas and rules of the operators' own releases. */
export async function installCustomResources(kubeconfig: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'crds-'));
  try {
    definitions().forEach((text, i) => {
      writeFileSync(join(folder, `${i}.yaml`), text);
    });
    const kubectl = new Kubectl(kubeconfig);
    for (const args of [
      ['apply', '--server-side', '-f', folder],
      ['wait', '--for=condition=Established', '--timeout=60s', 'crd', '--all'],
    ]) {
      const { passed, complaints } = await kubectl.run(args);
      if (!passed) {
        throw new Error(complaints.join('\n'));
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As text: reading megabytes of YAML only to write them again takes longer than all tests. */
function definitions(): string[] {
  const root = process.env['KUBERNETES_SCHEMAS'];
  if (root === undefined) {
    throw new Error('The tools are missing; "npx projen test:cluster" brings them along');
  }
  const found = readdirSync(join(root, 'crds'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').split(/^---$/m))
    .filter((text) => /^kind: CustomResourceDefinition$/m.test(text));
  return WANTED.map((kind) => {
    const definition = found.find((text) => new RegExp(`^ +kind: ${kind}$`, 'm').test(text));
    if (definition === undefined) {
      throw new Error(`no operator brings ${kind}`);
    }
    return definition;
  });
}
