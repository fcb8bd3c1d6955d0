import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Storage } from '@google-cloud/storage';
import { describe } from 'vitest';
import type { BackupStore } from '../../src/platform/backup/store.js';
import { googleBuckets } from '../../src/platform/backup-store-google/google-cloud-storage.js';
import { freePort } from '../support/free-port.js';
import { inLane } from '../tools/lane.js';
import { describeBucket, type Place } from './bucket.js';
import { until } from './stores.js';

const RETRIES = { autoRetry: false, maxRetries: 0, totalTimeout: 5, maxRetryDelay: 1 };

/** A server with Google's protocol. It refuses nobody, so what refuses is ours, and answers as Google does. */
async function start(): Promise<Place> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const options = [
    '-backend',
    'memory',
    '-scheme',
    'http',
    '-host',
    '127.0.0.1',
    '-port',
    `${port}`,
    '-external-url',
    url,
  ];
  const child: ChildProcess = spawn('fake-gcs-server', options, { stdio: 'ignore' });
  await until(() => new Storage({ apiEndpoint: url, projectId: 'test' }).createBucket('backups'));
  const refusing = createServer((request, response) => {
    request.resume();
    const error = { code: 403, message: 'backup@acme does not have storage.objects.create access', errors: [] };
    response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
  }).listen(0, '127.0.0.1');
  await once(refusing, 'listening');
  const nobody = await freePort();
  const open = (bucket: string, folder: string, endpoint = url): BackupStore =>
    googleBuckets({}, { retries: RETRIES, endpoint })(new URL(`gs://${bucket}`), folder);
  return {
    open: (below) => open('backups/of/team', below),
    missing: () => open('nowhere', 'orders/prod'),
    denied: () => open('backups', 'orders/prod', `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`),
    unreachable: () => open('backups', 'orders/prod', `http://127.0.0.1:${nobody}`),
    stop: async () => {
      refusing.closeAllConnections();
      refusing.close();
      child.kill();
      await once(child, 'exit');
    },
  };
}

describe.runIf(inLane('backup'))('a bucket of Google', () => {
  describeBucket(start, {
    bucket: 'Make the bucket, or correct the URL of the store',
    denied: 'Storage Object Admin',
  });
});
