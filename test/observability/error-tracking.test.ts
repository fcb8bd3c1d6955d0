import { Project } from 'projen';
import { describe, expect, it } from 'vitest';
import {
  Database,
  ErrorTracking,
  NetworkPeer,
  NodeServiceProject,
  Observability,
  type ServiceObservability,
} from '../../src';
import { inFolder, synth } from '../support/synth';

function service(outdir: string, observability: ServiceObservability): NodeServiceProject {
  return new NodeServiceProject({ name: 'orders', database: Database.NONE, observability, outdir });
}

describe('error tracking', () => {
  it('is not there unless it is asked for: no file, no package, no variable', () => {
    const files = synth((outdir) => service(outdir, {}));
    expect(Object.keys(files).filter((path) => path.includes('error-tracking'))).toEqual([]);
    for (const [path, text] of Object.entries(files)) {
      expect(/sentry/i.test(text), path).toBe(false);
    }
  });

  it('brings its module, its package, a secret that may be missing, and the way out of the network', () => {
    const files = synth((outdir) => service(outdir, { errorTracking: ErrorTracking.sentry() }));
    expect(files['src/platform/index.ts']).toContain("import { errorTracking } from './error-tracking/module.js'");
    expect(JSON.parse(files['package.json']!).dependencies).toHaveProperty('@sentry/core');
    expect(files['src/platform/config.ts']).toMatch(/sentryDsn: .*secret: true, optional: true/);
    expect(files['observability/prometheus/rules/alerts.yaml']).toContain('ErrorsUntold');
    expect(files['docs/telemetry.md']).toContain('SENTRY_DSN');
  });

  it('may be in a place that is known', async () => {
    await inFolder(async (folder) => {
      const peer = NetworkPeer.inCluster({ namespace: 'sentry', podLabels: { app: 'sentry' } });
      const { networkEdges } = service(folder, { errorTracking: ErrorTracking.sentry({ peer }) }).service;
      expect(networkEdges.find(({ backingService }) => backingService === 'sentry')).toMatchObject({ peer });
    });
  });

  it('is refused where there is no code that could tell of errors', () => {
    expect(() =>
      synth((outdir) => {
        const project = new Project({ name: 'orders', outdir });
        new Observability(project, { errorTracking: ErrorTracking.sentry() });
        return project;
      }),
    ).toThrow('has no code to tell of errors with');
  });
});
