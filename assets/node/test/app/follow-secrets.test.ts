import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { followSecrets } from '../../src/platform/app/follow-secrets.js';
import { type Declarations, load } from '../../src/platform/config/load.js';
import * as types from '../../src/platform/config/types.js';
import { createLogging } from '../../src/platform/logging/logger.js';
import { Redactor } from '../../src/platform/logging/redact.js';
import { createMetrics } from '../../src/platform/metrics/metrics.js';

it('masks a value that came by rotation, although reading stops at another secret', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'follow-secrets-'));
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const type = types.string();
  const declarations = {
    secretRefreshInterval: { name: 'SECRET_REFRESH_INTERVAL', type: types.duration(), default: 3_600_000 },
    apiKey: { name: 'API_KEY', type, secret: true },
    other: {
      name: 'OTHER',
      type: {
        ...type,
        schema: z.string().transform((text) => {
          if (text === 'broken') throw new Error('a defect');
          return text;
        }),
      },
      secret: true,
    },
  } as const satisfies Declarations;
  put('API_KEY', 'c4n4ry-first');
  put('OTHER', 'other');
  const env = { APP_ENV: 'prod', API_KEY_FILE: join(folder, 'API_KEY'), OTHER_FILE: join(folder, 'OTHER') };
  const config = await load(declarations, { env });
  const redactor = new Redactor();
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const { log } = await createLogging({
    service: 'orders',
    version: '1',
    environment: 'prod',
    level: 'info',
    redactor,
    destination,
  });
  const following = followSecrets(config, { log, metrics: createMetrics(), redactor });
  put('API_KEY', 'c4n4ry-second');
  put('OTHER', 'broken');
  await following?.refresh();
  await following?.stop();
  rmSync(folder, { recursive: true });

  expect(lines.join()).toContain('secrets could not be read again');
  expect(config.apiKey.reveal()).toBe('c4n4ry-second');
  expect(redactor.maskText('with c4n4ry-second')).toBe('with [secret]');
});
