import { Project } from 'projen';
import { describe, expect, test } from 'vitest';
import { Guides } from '../../src/guides';
import { type Fact, Guide, GuideKind, Service } from '../../src/service';
import { permutations } from '../service/support';
import { synth } from '../support/synth';

const guide = (name: string, kind?: GuideKind, statedBy?: string) =>
  new Guide(name, {
    title: `About ${name}`,
    summary: `All of ${name}`,
    kind,
    statedBy,
    text: { render: (service) => `\n${service.guides.length} guides.\n\n` },
  });

const guides = (facts: Fact[], prepare: (service: Service) => void = () => undefined) =>
  synth((outdir) => {
    const project = new Project({ name: 'orders', outdir });
    const service = new Service(project, { description: 'Takes orders.' });
    const [first, ...rest] = facts;
    if (first) {
      service.state(first);
    }
    prepare(service);
    expect(Guides.of(project)).toBeUndefined();
    const component = new Guides(project);
    expect(Guides.of(project)).toBe(component);
    for (const fact of rest) {
      service.state(fact);
    }
    return project;
  });

describe('guides', () => {
  const facts = [
    guide('http'),
    guide('queue-stuck', GuideKind.RUNBOOK),
    guide('why-prisma', GuideKind.DECISION),
    guide('database'),
  ];

  test('are pages below docs, each in the folder of its kind, with a table of contents', () => {
    const files = guides(facts);
    expect(files['docs/http.md']).toMatch(/^<!-- .* -->\n<!-- Made by Guides; .* -->\n\n# About http\n\n4 guides\.\n$/);
    expect(files).toHaveProperty(['docs/runbooks/queue-stuck.md']);
    expect(files).toHaveProperty(['docs/decisions/why-prisma.md']);
    expect(files['docs/README.md']?.split('\n').slice(3).join('\n')).toMatchInlineSnapshot(`
      "# orders

      Takes orders.

      ## How things work

      - [About database](database.md): All of database
      - [About http](http.md): All of http

      ## Runbooks

      - [About queue-stuck](runbooks/queue-stuck.md): All of queue-stuck

      ## Decisions

      - [About why-prisma](decisions/why-prisma.md): All of why-prisma
      "
    `);
  });

  test('link to pages that exist', () => {
    const files = guides(facts);
    const links = [...(files['docs/README.md'] ?? '').matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => path);
    expect(links).toHaveLength(4);
    for (const path of links) {
      expect(files).toHaveProperty([`docs/${path}`]);
    }
  });

  test('do not depend on the order they are stated in, nor on who states them first', () => {
    const twice = [...facts.slice(0, 3), guide('http', undefined, 'Another')];
    const results = permutations(twice).map((order) => JSON.stringify(guides(order)));
    expect(new Set(results).size).toBe(1);
  });

  test('that follow from other facts are pages too', () => {
    const files = guides([guide('http')], (service) =>
      service.addDerivation({ derive: () => [guide('derived', GuideKind.RUNBOOK)] }),
    );
    expect(files['docs/runbooks/derived.md']).toContain('# About derived');
    expect(files['docs/README.md']).toContain('(runbooks/derived.md)');
  });
});
