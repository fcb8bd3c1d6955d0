import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ControlPlane } from './control-plane';
import { installCustomResources } from './custom-resources';

declare module 'vitest' {
  interface ProvidedContext {
    kubeconfig: string;
  }
}

/** Starts the cluster that all tests share, with every custom resource that manifests may have. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'riso-cluster-'));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  let cluster: ControlPlane | undefined;
  try {
    cluster = await ControlPlane.start(folder);
    await installCustomResources(cluster.kubeconfig);
    provide('kubeconfig', cluster.kubeconfig);
  } catch (error) {
    await cluster?.stop();
    await remove();
    throw error;
  }
  return async () => {
    await cluster.stop();
    await remove();
  };
}
