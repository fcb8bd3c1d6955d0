import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScratchService } from '../tools/scratch-service.js';
import { CONFIG, runTests } from '../tools/test-database-fixture.js';

/** The tests of a release, against whatever migrations lie beside it, with the client of its own models. */
const testOf = (column: string) => `import { PrismaPg } from '@prisma/adapter-pg';
import { expect, it } from 'vitest';
import { PrismaClient } from '../src/generated/prisma/client.js';
import { createTestDatabase } from '../tools/database/test-database.js';

it('registers and renames users', async () => {
  const { url } = await createTestDatabase();
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) });
  await prisma.user.create({ data: { id: 1, ${column}: 'Ada' } });
  await prisma.user.update({ where: { id: 1 }, data: { ${column}: 'Ada L.' } });
  expect(await prisma.user.findMany()).toMatchObject([{ id: 1, ${column}: 'Ada L.' }]);
  await prisma.$disconnect();
});
`;

const RELEASES = {
  /** Where it begins. */
  one: '  name String\n',
  /** Expands: the new column is there, and who writes one of the two need not know the other. */
  two: '  name String @default("")\n  fullName String?\n',
  /** Uses the new column only; the schema stays. */
  three: '  name String @default("") @ignore\n  fullName String?\n',
  /** Contracts: nobody has used the old column for a release. */
  four: '  fullName String?\n',
};

describe('a column renamed by expand and contract', { timeout: 240_000 }, () => {
  const first = new ScratchService('postgresql');
  const later = new ScratchService('postgresql');
  const held: { release(): Promise<void> }[] = [];
  const model = (service: ScratchService, columns: string) =>
    service.model(`model User {\n  id Int @id\n${columns}}\n`);
  const run = (service: ScratchService, ...args: string[]) => {
    const { status, stdout, stderr } = service.tool('cli', args);
    return { status, output: stdout + stderr };
  };
  const ship = (from: ScratchService, to: ScratchService) =>
    cpSync(join(from.root, 'prisma', 'migrations'), join(to.root, 'prisma', 'migrations'), { recursive: true });
  const waive = (...rules: string[]) => {
    const [migration = ''] = later.migrations().sort().reverse();
    const waivers = rules.map((rule) => ({ migration, rule, reason: 'release three does not use it' }));
    later.write('prisma/tools.json', JSON.stringify({ waivers }));
  };

  beforeAll(async () => {
    for (const service of [first, later]) {
      service.write('vitest.config.mts', CONFIG);
      held.push(await service.holdDatabase());
    }
  }, 120_000);

  afterAll(async () => {
    for (const { release } of held) await release();
    for (const service of [first, later]) service.remove();
  });

  it('passes the tests of the previous release at each step, and fails those of one that was skipped', () => {
    model(first, RELEASES.one);
    first.write('test/users.test.ts', testOf('name'));
    expect(run(first, 'new', 'init')).toMatchObject({ status: 0 });
    expect(run(first, 'generate')).toMatchObject({ status: 0 });
    expect(runTests(first)).toMatchObject({ status: 0 });

    ship(first, later);
    model(later, RELEASES.two);
    expect(run(later, 'new', 'expand')).toMatchObject({ status: 0 });
    expect(run(later, 'check')).toMatchObject({ status: 0 });
    ship(later, first);
    expect(runTests(first)).toMatchObject({ status: 0 });

    model(later, RELEASES.three);
    expect(run(later, 'new', 'nothing').output).toContain('Nothing to migrate');
    later.write('test/users.test.ts', testOf('fullName'));
    expect(run(later, 'generate')).toMatchObject({ status: 0 });
    expect(runTests(later)).toMatchObject({ status: 0 });

    model(later, RELEASES.four);
    expect(run(later, 'new', 'contract')).toMatchObject({ status: 0 });
    expect(run(later, 'check')).toMatchObject({ status: 1, output: expect.stringContaining('data-loss') });
    waive('data-loss');
    expect(run(later, 'check')).toMatchObject({ status: 0 });
    expect(runTests(later)).toMatchObject({ status: 0 });
    ship(later, first);
    const skipped = runTests(first);
    expect([skipped.status, skipped.output]).toEqual([1, expect.stringMatching(/column .*name.* does not exist/)]);
  });
});
