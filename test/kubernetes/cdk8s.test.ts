import { ApiObject, App, Chart } from 'cdk8s';
import { Project } from 'projen';
import { describe, expect, it } from 'vitest';
import { K8sManifests, Service } from '../../src';
import { facts, manifestsOf } from './support';

/** A chart of cdk8s as users write it. */
class Limits extends Chart {
  public constructor(...names: string[]) {
    super(new App(), 'limits', { labels: { team: 'shop' } });
    for (const name of names) {
      new ApiObject(this, name, {
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { name },
        spec: { limits: [{ type: 'Container', max: { memory: '2Gi' } }] },
      });
    }
    // Named by cdk8s itself, after where it is.
    new ApiObject(this, 'quota', { apiVersion: 'v1', kind: 'ResourceQuota', spec: { hard: { pods: '40' } } });
  }
}

describe('a chart of cdk8s', () => {
  it('lands in the base, one object per file, under the names it has there', () => {
    const { base, paths } = manifestsOf({}, (manifests) => manifests.addChart(new Limits('containers', 'jobs.night')));
    const quota = paths.find((path) => /^base\/resource-quota-limits-quota-\w+\.yaml$/.test(path));
    expect(base('kustomization').resources).toEqual(
      expect.arrayContaining([
        'limit-range-containers.yaml',
        'limit-range-jobs-night.yaml',
        quota?.replace('base/', ''),
      ]),
    );
    expect(base('limit-range-containers')).toEqual({
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'containers', labels: { team: 'shop' } },
      spec: { limits: [{ type: 'Container', max: { memory: '2Gi' } }] },
    });
  });

  it('is read as it is, so a second one, or an object that is generated, is refused', () => {
    const project = new Project({ name: 'orders', outdir: '/nowhere' });
    const service = Service.of(project);
    const manifests = new K8sManifests(project);
    for (const fact of facts()) {
      service.state(fact);
    }
    manifests.addChart(new Limits('containers'));
    manifests.addChart(new Limits('containers'));
    const chart = new Chart(new App(), 'mine');
    new ApiObject(chart, 'web', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'orders-web' } });
    manifests.addChart(chart);
    expect(service.problems().map(({ place, message, value }) => [place, message, value])).toEqual([
      [
        'kubernetes manifest limit-range-containers',
        'would have the file of another object',
        'k8s/base/limit-range-containers.yaml',
      ],
      [
        expect.stringContaining('kubernetes manifest resource-quota-limits-quota-'),
        'would have the file of another object',
        expect.any(String),
      ],
      [
        'kubernetes manifests',
        'have Deployment orders-web twice',
        ['deployment-orders-web.yaml', 'deployment-web.yaml'],
      ],
    ]);
  });
});
