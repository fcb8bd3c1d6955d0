import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attempt, run } from '../../scripts/live/command';
import { attemptTask, synthesize, task } from '../../scripts/live/newborn';
import { copyOf, newborns } from './support/newborns';

let service: ReturnType<typeof copyOf>;

beforeAll(() => {
  service = copyOf(newborns().postgresql);
});

afterAll(() => service.remove());

describe('a newborn service', () => {
  test.each(['lint', 'typecheck', 'test'])('passes its own %s', async (verb) => {
    await task(service.folder, verb);
  });

  test('migrates, says so, and takes the development data', async () => {
    const { folder } = service;
    expect(await attemptTask(folder, 'db:status')).toMatchObject({
      code: 1,
      output: expect.stringContaining('pending'),
    });
    await task(folder, 'db:migrate');
    await task(folder, 'db:seed');
    await task(folder, 'db:status');
  });

  test('writes a migration from an edited model, with its way back, and proves both', async () => {
    const { folder } = service;
    addMember(folder, 'products.prisma', '  sku       String', '  weight    Int?');
    await task(folder, 'db:new', 'add_weight');
    const id = readdirSync(join(folder, 'prisma/migrations')).find((name) => name.endsWith('_add_weight'));
    const sql = (file: string) => readFileSync(join(folder, `prisma/migrations/${id}/${file}`), 'utf8');
    expect(sql('migration.sql')).toContain('ADD COLUMN     "weight" INTEGER');
    expect(sql('down.sql')).toContain('DROP COLUMN "weight"');
    await task(folder, 'db:migrate');
    await task(folder, 'db:check');
    expect(await task(folder, 'db:new', 'again')).toContain('Nothing to migrate');
    const lossy = await attemptTask(folder, 'db:rollback');
    expect(lossy.code).not.toBe(0);
    expect(lossy.output).toContain('its way back loses data');
    await task(folder, 'db:rollback', '--accept-data-loss');
    expect(await attemptTask(folder, 'db:status')).toMatchObject({
      code: 1,
      output: expect.stringContaining('1 to apply'),
    });
  });

  test('takes the name of a migration for a name, never for a command', async () => {
    const { folder } = service;
    const { code, output } = await attemptTask(folder, 'db:new', 'x; touch pwned');
    expect(code).not.toBe(0);
    expect(output).toContain('"x; touch pwned" cannot be the name of a migration');
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
  });

  test('blocks a commit that its checks refuse', async () => {
    const { folder } = service;
    await synthesize(folder);
    writeFileSync(join(folder, 'src/bad.ts'), 'export const bad: any = 1\n');
    const commit = () => attempt('git', ['commit', '--all', '--message', 'test'], { cwd: folder });
    await run('git', ['add', '.'], { cwd: folder });
    const refused = await commit();
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain('noExplicitAny');
    writeFileSync(join(folder, 'src/bad.ts'), "export const good = 'good';\n");
    expect(await commit()).toMatchObject({ code: 0 });
  });
});

function addMember(folder: string, schema: string, before: string, member: string): void {
  const path = join(folder, 'prisma/schema', schema);
  writeFileSync(path, readFileSync(path, 'utf8').replace(before, `${member}\n${before}`));
}
