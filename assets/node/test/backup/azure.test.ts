import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { describe } from 'vitest';
import { azureContainers } from '../../src/platform/backup-store-azure/azure-blob.js';
import { Secret } from '../../src/platform/config/secret.js';
import { freePort } from '../support/free-port.js';
import { inLane } from '../tools/lane.js';
import { describeBucket, type Place } from './bucket.js';
import { until } from './stores.js';

const key = (of: string) => Buffer.from(of.repeat(32)).toString('base64');
const RETRIES = { maxTries: 2, tryTimeoutInMs: 10_000, retryDelayInMs: 10, maxRetryDelayInMs: 20 };

/** Microsoft's own emulator, which checks signatures. */
async function start(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'azurite-'));
  const port = await freePort();
  const options = ['--blobHost', '127.0.0.1', '--blobPort', `${port}`, '--location', folder];
  const child: ChildProcess = spawn(
    'azurite-blob',
    [...options, '--silent', '--disableTelemetry', '--skipApiVersionCheck'],
    {
      env: { ...process.env, AZURITE_ACCOUNTS: `acme:${key('k')}` },
      stdio: 'ignore',
    },
  );
  const root = `http://127.0.0.1:${port}/acme`;
  const service = new BlobServiceClient(root, new StorageSharedKeyCredential('acme', key('k')));
  await until(() => service.getContainerClient('backups').createIfNotExists());
  const open = (url: string, folder: string, secret = key('k')) =>
    azureContainers({ backupAzureAccountKey: new Secret(secret) }, RETRIES)(new URL(url), folder);
  const nobody = await freePort();
  return {
    open: (below) => open(`${root}/backups/of/team`, below),
    missing: () => open(`${root}/nowhere`, 'orders/prod'),
    denied: () => open(`${root}/backups`, 'orders/prod', key('x')),
    unreachable: () => open(`http://127.0.0.1:${nobody}/acme/backups`, 'orders/prod'),
    stop: async () => {
      child.kill();
      await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

describe.runIf(inLane('backup'))('a container of Azure', () => {
  describeBucket(start, {
    bucket: 'Make the container, or correct the URL of the store',
    denied: 'Correct BACKUP_AZURE_ACCOUNT_KEY',
  });
});
