import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { task } from '../../scripts/live/newborn';
import { RunningService } from '../../scripts/live/server';
import { copyOf, newborns } from './support/newborns';

const MODEL = `model Note {
  id   String @id @default(uuid(7))
  text String
}
`;

let service: ReturnType<typeof copyOf>;

beforeAll(() => {
  service = copyOf(newborns().sqlite);
});

afterAll(() => service.remove());

test('a service on SQLite without the example passes its own checks', async () => {
  for (const verb of ['lint', 'typecheck', 'test', 'db:check']) {
    await task(service.folder, verb);
  }
});

test('it gets its first model, with a way back', async () => {
  const { folder } = service;
  writeFileSync(join(folder, 'prisma/schema/models.prisma'), MODEL);
  await task(folder, 'db:new', 'add_notes');
  const [id] = readdirSync(join(folder, 'prisma/migrations')).filter((name) => name.endsWith('_add_notes'));
  expect(readFileSync(join(folder, `prisma/migrations/${id}/down.sql`), 'utf8')).toContain('DROP TABLE');
  await task(folder, 'db:migrate');
  await task(folder, 'db:check');
  await task(folder, 'db:status');
});

test('it runs compiled', async () => {
  const { folder } = service;
  await task(folder, 'compile');
  const command = ['--import', 'tsx', 'tools/database/with-database.ts', '--', 'node', 'dist/main.js'];
  const running = await RunningService.start(folder, ['node', ...command]);
  try {
    expect(await running.call('GET', '/hello?name=Ada')).toMatchObject({
      status: 200,
      body: { message: 'Hello, Ada!' },
    });
  } finally {
    expect(await running.stop()).toBe(0);
  }
});
