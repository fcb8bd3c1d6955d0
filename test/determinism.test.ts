import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BackingService, ConfigType, Cron, NodeServiceProject } from '../src';
import { goldenServices } from './support/golden-services';
import { CAPABILITIES, type Capability, Host } from './support/host';
import { inFolder, synth, synthInto } from './support/synth';

describe.each(Object.entries(goldenServices))('the golden service %s', (_, make) => {
  test('comes out the same twice, in one folder and in two', () => {
    inFolder((folder) => {
      const first = synthInto(folder, make);
      expect(synthInto(folder, make)).toEqual(first);
      expect(synth(make)).toEqual(first);
    });
  });
});

describe('the order of construction', () => {
  const all = Object.keys(CAPABILITIES) as Capability[];
  const expected = synth((outdir) => new Host(outdir, all));

  test('has all capabilities at work', () => {
    expect(Object.keys(expected)).toEqual(
      expect.arrayContaining([
        '.githooks/pre-commit',
        'Dockerfile',
        'biome.jsonc',
        'compose.yaml',
        'docs/database.md',
        'prisma.config.ts',
        'src/app.ts',
      ]),
    );
  });

  test.each(orders(all).map((order) => [order.join(', '), order] as const))('%s', (_, order) => {
    expect(synth((outdir) => new Host(outdir, order))).toEqual(expected);
  });
});

test('the order of a user’s statements changes no byte', () => {
  const statements: ReadonlyArray<(service: NodeServiceProject) => void> = [
    (service) => service.config.add('PAGE_SIZE', { type: ConfigType.integer(), defaultValue: 20, description: 'Rows' }),
    (service) => service.config.add('API_KEY', { secret: true, description: 'Opens doors', requiredIn: ['prod'] }),
    (service) => service.addBackingService(BackingService.redis()),
    (service) => service.addWorker('mailer', { command: ['node', 'dist/mailer.js'], description: 'Sends mail' }),
    (service) =>
      service.addScheduledJob('cleanup', {
        schedule: Cron.daily(),
        command: ['node', 'dist/cleanup.js'],
        description: 'Tidies',
      }),
    (service) => service.addCheck('licenses', { task: 'lint', description: 'Licences are accepted' }),
  ];
  const [expected, ...others] = orders(statements).map((order) =>
    synth((outdir) => {
      const service = new NodeServiceProject({ name: 'orders', outdir });
      service.config.add('REDIS_URL', { secret: true, description: 'Where the cache is' });
      for (const state of order) {
        state(service);
      }
      return service;
    }),
  );
  for (const files of others) {
    expect(files).toEqual(expected);
  }
});

describe('synthesis over what somebody changed', () => {
  const make = goldenServices['default']!;

  test('restores an owned file, whether edited or deleted', () => {
    inFolder((folder) => {
      const before = synthInto(folder, make);
      edit(join(folder, 'src/platform/http/problem.ts'), 'tampered');
      edit(join(folder, '.github/workflows/ci.yml'), 'tampered: true');
      rmSync(join(folder, 'tsconfig.json'));
      expect(synthInto(folder, make)).toEqual(before);
    });
  });

  test('leaves the user’s files as they are, and what the user deleted away', () => {
    inFolder((folder) => {
      synthInto(folder, make);
      edit(join(folder, 'src/app.ts'), '// mine\n');
      edit(join(folder, 'src/mine.ts'), '// mine too\n');
      rmSync(join(folder, 'src/orders/place-order.ts'));
      synthInto(folder, make);
      expect(readFileSync(join(folder, 'src/app.ts'), 'utf8')).toBe('// mine\n');
      expect(readFileSync(join(folder, 'src/mine.ts'), 'utf8')).toBe('// mine too\n');
      expect(existsSync(join(folder, 'src/orders/place-order.ts'))).toBe(false);
    });
  });

  test('removes the owned files of a capability that is switched off', () => {
    inFolder((folder) => {
      synthInto(folder, (outdir) => new NodeServiceProject({ name: 'orders', outdir }));
      const files = synthInto(
        folder,
        (outdir) =>
          new NodeServiceProject({ name: 'orders', guides: { enabled: false }, delivery: { enabled: false }, outdir }),
      );
      expect(Object.keys(files).filter((path) => /^(docs|\.github|\.githooks)\//.test(path))).toEqual([]);
    });
  });
});

/** Orders that tell: every rotation, forth and back, and a dozen shuffles that are the same in every run. */
function orders<T>(things: readonly T[]): T[][] {
  const rotations = things.map((_, index) => [...things.slice(index), ...things.slice(0, index)]);
  const random = generator(1);
  const shuffles = Array.from({ length: 12 }, () =>
    things
      .map((thing) => ({ thing, rank: random() }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ thing }) => thing),
  );
  return [...rotations, ...rotations.map((order) => [...order].reverse()), ...shuffles];
}

/** Lehmer's generator of numbers between 0 and 1. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

function edit(path: string, text: string): void {
  if (existsSync(path)) {
    chmodSync(path, 0o644);
  }
  writeFileSync(path, text);
}
