import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Component, Project, TextFile } from 'projen';
import { describe, expect, test } from 'vitest';
import { Metric, Service } from '../../src/service';
import { filesIn, inFolder, synthInto } from '../support/synth';
import { Ear, variable } from './support';

const bad = () => variable('lower case');

/** A root and a service below it, each with a file that can become an orphan. */
function monorepo(orphans: boolean, spoil: (root: Project, child: Project) => void = () => undefined) {
  return (outdir: string) => {
    const root = new Project({ name: 'root', outdir });
    const child = new Project({ name: 'orders', parent: root, outdir: 'services/orders' });
    Service.of(child);
    if (orphans) {
      new TextFile(root, 'orphan.txt', { lines: [root.name] });
      new TextFile(child, 'orphan.txt', { lines: [child.name] });
    }
    spoil(root, child);
    return root;
  };
}

describe('synthesis of a service with a problem', () => {
  test('writes nothing', () => {
    inFolder((outdir) => {
      const factory = (folder: string) => {
        const project = new Project({ name: 'orders', outdir: folder });
        new TextFile(project, 'file.txt', { lines: ['x'] });
        Service.of(project).state(bad());
        return project;
      };
      expect(() => synthInto(outdir, factory)).toThrowErrorMatchingInlineSnapshot(`
        [ContradictionError: service "orders" has 1 problem; nothing was written

          1. config variable lower case (stated by .projenrc.ts): a config variable is named by upper-case words joined by single underscores (got "lower case")
             fix: rename it, for example to STRIPE_API_KEY
        ]
      `);
      expect(filesIn(outdir)).toEqual({});
    });
  });

  test('deletes nothing and changes nothing, in the root and in a subproject', () => {
    inFolder((outdir) => {
      synthInto(outdir, monorepo(true));
      writeFileSync(join(outdir, 'mine.txt'), 'mine');
      const before = filesIn(outdir);
      const spoil = (_: Project, child: Project) => Service.of(child).state(bad());
      expect(() => synthInto(outdir, monorepo(false, spoil))).toThrow('nothing was written');
      expect(filesIn(outdir)).toEqual(before);

      // The orphans go as soon as the problem does.
      synthInto(outdir, monorepo(false));
      expect(existsSync(join(outdir, 'orphan.txt'))).toBe(false);
      expect(existsSync(join(outdir, 'services/orders/orphan.txt'))).toBe(false);
      expect(existsSync(join(outdir, 'mine.txt'))).toBe(true);
    });
  });

  test('reports the problems of all services of a repository together', () => {
    inFolder((outdir) => {
      const spoil = (root: Project, child: Project) => {
        const other = new Project({ name: 'billing', parent: root, outdir: 'services/billing' });
        for (const project of [child, other]) {
          Service.of(project).state(bad());
        }
      };
      const synthesis = () => synthInto(outdir, monorepo(false, spoil));
      expect(synthesis).toThrow(/service "billing" has 1 problem[\s\S]*service "orders" has 1 problem/);
      expect(filesIn(outdir)).toEqual({});
    });
  });
});

describe('when synthesis begins', () => {
  test('derived facts are announced, so that files can follow from them', () => {
    inFolder((outdir) => {
      const ear = new Ear();
      synthInto(outdir, (folder) => {
        const project = new Project({ name: 'orders', outdir: folder });
        const service = Service.of(project);
        service.subscribe(ear);
        service.addDerivation({
          derive: ({ configVariables }) =>
            configVariables.map(({ name }) => Metric.gauge(`${name.toLowerCase()}_age`, { help: 'Its age' })),
        });
        service.state(variable('KEY'));
        return project;
      });
      expect(ear.heard).toEqual(['KEY', 'key_age']);
    });
  });

  test('it is too late to state a fact that nothing would check', () => {
    inFolder((outdir) => {
      class Latecomer extends Component {
        public override preSynthesize(): void {
          Service.of(this.project).state(bad());
        }
      }
      const factory = (folder: string) => {
        const project = new Project({ name: 'orders', outdir: folder });
        Service.of(project);
        new Latecomer(project);
        return project;
      };
      expect(() => synthInto(outdir, factory)).toThrow(
        'config variable lower case (stated by .projenrc.ts) is stated after synthesis has begun: state it in a constructor or in .projenrc.ts',
      );
      expect(filesIn(outdir)).toEqual({});
    });
  });
});
