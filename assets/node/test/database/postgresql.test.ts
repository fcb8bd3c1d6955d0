import { afterAll, beforeAll } from 'vitest';
import { ScratchService } from '../tools/scratch-service.js';
import { describeModule } from './module-behaviour.js';

const service = new ScratchService('postgresql');
let held: { url: string; release(): Promise<void> };

beforeAll(async () => {
  service.model('model Note {\n  id Int @id\n}\n');
  service.migration('20260101000000_init', 'CREATE TABLE "Note" (id INT PRIMARY KEY);');
  held = await service.holdDatabase();
  service.tool('cli', ['migrate']);
}, 60_000);

afterAll(async () => {
  await held.release();
  service.remove();
});

describeModule(
  'postgresql',
  service,
  () => held.url,
  (seconds) => `SELECT 1 AS x FROM pg_sleep(${seconds})`,
);
