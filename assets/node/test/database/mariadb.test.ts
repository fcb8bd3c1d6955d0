import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { provider } from '../../tools/database/provider.mysql.js';
import { serverOfLane } from '../tools/lane.js';
import { ScratchService } from '../tools/scratch-service.js';
import { describeModule } from './module-behaviour.js';

const server = serverOfLane('mariadb', 'TEST_MARIADB_URL');

if (server === undefined) it.skip('needs TEST_MARIADB_URL');
else
  describe('MariaDB', () => {
    const service = new ScratchService('mysql');
    let url = '';

    beforeAll(async () => {
      service.model('model Note {\n  id Int @id\n}\n');
      service.migration('20260101000000_init', 'CREATE TABLE Note (id INT PRIMARY KEY);');
      url = await provider.create(server, `t_${randomBytes(6).toString('hex')}`);
      service.tool('cli', ['migrate'], { DATABASE_URL: url });
    }, 60_000);

    afterAll(() => service.remove());

    describeModule(
      'mysql',
      service,
      () => url,
      (seconds) => `SELECT SLEEP(${seconds})`,
    );
  });
