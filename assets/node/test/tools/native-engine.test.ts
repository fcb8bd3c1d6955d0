import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ScratchService } from './scratch-service.js';

const OFFLINE = { PRISMA_ENGINES_MIRROR: 'http://127.0.0.1:1' };
const MODEL = 'model User {\n  id Int @id\n  name String\n}\n';
const service = new ScratchService('postgresql');

const run = (args: string[], env: NodeJS.ProcessEnv = {}) => {
  const { status, stdout, stderr } = service.tool('cli', args, env);
  return { status, output: stdout + stderr };
};

beforeAll(() => {
  service.write('prisma/tools.json', '{ "schemaEngine": "native", "waivers": [] }');
});

beforeEach(() => {
  service.clear();
  service.model(MODEL);
});

afterAll(() => service.remove());

describe('the native engine', { timeout: 180_000 }, () => {
  it('is not needed to generate the client, to apply and to undo', () => {
    service.migration('1_one', 'CREATE TABLE "User" ("id" INTEGER);', '-- migration: lossy\nDROP TABLE "User";');
    expect(run(['generate'], OFFLINE)).toMatchObject({ status: 0 });
    expect(run(['migrate'], OFFLINE)).toMatchObject({ status: 0 });
    expect(run(['rollback', '--accept-data-loss'], OFFLINE)).toMatchObject({ status: 0 });
  });

  it.each(['new', 'check', 'baseline'])('is missed by %s, which says how to get it and what works without', (verb) => {
    const { status, output } = run(verb === 'new' ? ['new', 'one'] : [verb], OFFLINE);
    // Baseline refuses an empty database before it compares anything.
    if (verb === 'baseline') expect([status, output]).toEqual([1, expect.stringContaining('is empty')]);
    else {
      expect([status, output]).toEqual([
        1,
        expect.stringMatching(
          /native schema engine.*could not be downloaded[\s\S]*PRISMA_ENGINES_MIRROR[\s\S]*work without it/,
        ),
      ]);
    }
    expect(output).not.toMatch(/at .*\.ts:/);
  });

  it("is missed by Prisma's own commands in the same words", () => {
    const { status, stderr } = service.prisma(['migrate', 'status'], OFFLINE);
    expect([status, stderr]).toEqual([1, expect.stringContaining('PRISMA_ENGINES_MIRROR')]);
  });

  it('speaks the protocol: a program that speaks it takes its place', () => {
    // Written by generate: the engine from npm behind the face of the native one.
    expect(run(['generate'], OFFLINE)).toMatchObject({ status: 0 });
    const engine = { PRISMA_SCHEMA_ENGINE_BINARY: join(service.root, '.data', 'schema-engine') };
    expect(run(['new', 'one'], engine)).toMatchObject({ status: 0 });
    const [id] = service.migrations();
    expect(service.read(`prisma/migrations/${id}/migration.sql`)).toContain('CREATE TABLE "User"');
    expect(service.read(`prisma/migrations/${id}/down.sql`)).toMatch(/^-- migration: lossy[\s\S]*DROP TABLE "User"/);
    expect(run(['check'], engine)).toMatchObject({ status: 0 });
    expect(run(['new', 'two'], engine).output).toContain('Nothing to migrate');
    service.model('model User {\n  id Int @id\n  name Sting\n}\n');
    expect(run(['new', 'bad'], engine)).toMatchObject({ status: 1, output: expect.stringContaining('Sting') });
  });

  it('is not given the main database to empty, however that is spelt', async () => {
    const held = await service.holdDatabase();
    for (const shadow of [held.url, held.url.replace('127.0.0.1', 'localhost')]) {
      const env = { PRISMA_SCHEMA_ENGINE_BINARY: '/bin/false', DATABASE_URL: held.url, SHADOW_DATABASE_URL: shadow };
      expect(run(['new', 'one'], env)).toMatchObject({
        status: 1,
        output: expect.stringContaining('The shadow database is the main one'),
      });
    }
    await held.release();
  });

  it('says so when the program is none', () => {
    const { status, output } = run(['new', 'one'], { PRISMA_SCHEMA_ENGINE_BINARY: '/bin/false' });
    expect([status, output]).toEqual([1, expect.stringMatching(/gave no answer: it ended with 1/)]);
  });
});
