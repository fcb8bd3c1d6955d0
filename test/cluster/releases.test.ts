import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type Answer, Kubectl, type Tree } from './support/kubectl';
import { releases } from './support/releases';

const kubectl = new Kubectl(inject('kubeconfig'));
const all = releases();

/** What the API server says of each overlay, by its namespace. */
const complaints: Record<'first' | 'next' | 'again', string[]> = { first: [], next: [], again: [] };
const specs: Record<'next' | 'again', string[]> = { next: [], again: [] };

/** All of them in one go: that is one start of kubectl for a thousand objects. */
async function release(which: 'first' | 'next'): Promise<Answer> {
  return kubectl.apply(all.flatMap((one) => one[which]));
}

/** What the objects are after all; how many replicas there are is the autoscalers' business. */
async function specsOf(): Promise<string[]> {
  const { items } = await kubectl.get(
    'deployments,cronjobs,jobs,networkpolicies,pdb,hpa,ingresses',
    '--all-namespaces',
  );
  return items
    .map(({ kind, metadata, spec }: Tree) =>
      JSON.stringify([metadata.namespace, kind, metadata.name, { ...spec, replicas: undefined }]),
    )
    .sort();
}

beforeAll(async () => {
  complaints.first = (await release('first')).complaints;
  complaints.next = (await release('next')).complaints;
  specs.next = await specsOf();
  complaints.again = (await release('next')).complaints;
  specs.again = await specsOf();
});

describe.each(all)('$name', ({ namespace, first, next }) => {
  // Errors name the namespace or the object, warnings the object only; what names neither belongs to all.
  const mine = (lines: string[]) =>
    lines.filter(
      (line) => line.includes(`"${namespace}"`) || line.includes(` ${namespace}`) || !/namespace/.test(line),
    );

  it('is accepted, without a warning', () => {
    expect(first.length).toBeGreaterThan(5);
    expect(mine(complaints.first)).toEqual([]);
  });

  it('is followed by the next release: no field is immutable, and no other manager is in the way', () => {
    expect(next).not.toEqual(first);
    expect(mine(complaints.next)).toEqual([]);
  });

  it('is there as it was declared', async () => {
    const { items } = await kubectl.get('deployments,configmaps,jobs', '--namespace', namespace);
    const names = (kind: string, objects: Tree[]) =>
      objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
    expect(names('Deployment', items).sort()).toEqual(names('Deployment', next).sort());
    // Those of both releases: old pods read the old values.
    expect(names('ConfigMap', items)).toEqual(
      expect.arrayContaining([...names('ConfigMap', first), ...names('ConfigMap', next)]),
    );
    expect(names('Job', items).sort()).toEqual([...names('Job', first), ...names('Job', next)].sort());
  });
});

it('the same release again changes nothing', () => {
  expect(complaints.again).toEqual([]);
  expect(specs.next.length).toBeGreaterThan(100);
  expect(specs.again).toEqual(specs.next);
});
