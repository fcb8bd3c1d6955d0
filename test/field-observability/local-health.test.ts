import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { freePort } from '../../scripts/live/server';
import { golden } from './tools';

const { services } = parse(readFileSync(join(golden, 'default/observability/compose.yaml'), 'utf8'));

let server: ChildProcess | undefined;
let folder: string | undefined;
afterEach(async () => {
  if (server !== undefined) {
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
  if (folder !== undefined) {
    rmSync(folder, { recursive: true });
  }
  server = folder = undefined;
});

/** The health check of a container, by the program that its image has, on another port. */
function isHealthy(service: string, port: number): boolean {
  const [kind, program, ...args] = services[service].healthcheck.test as string[];
  expect([kind, program]).toEqual(['CMD', 'wget']);
  const { error, status } = spawnSync('busybox', ['wget', ...args.map((arg) => arg.replace(/:\d+\//, `:${port}/`))], {
    timeout: 5_000,
  });
  if (error !== undefined) {
    throw new Error('busybox did not run; "npx projen test:observability" brings it along', { cause: error });
  }
  return status === 0;
}

it.each([
  [
    'prometheus',
    'global: {}\n',
    (port: number) => [`--web.listen-address=127.0.0.1:${port}`, '--storage.tsdb.path=data'],
  ],
  [
    'alertmanager',
    'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n',
    (port: number) => [`--web.listen-address=127.0.0.1:${port}`, '--storage.path=data', '--cluster.listen-address='],
  ],
])('%s is healthy when it is there, and not before', async (service, config, flags) => {
  folder = mkdtempSync(join(tmpdir(), 'local-stack-'));
  writeFileSync(join(folder, 'config.yaml'), config);
  const port = await freePort();
  expect(isHealthy(service, port)).toBe(false);

  server = spawn(service, ['--config.file=config.yaml', ...flags(port)], { cwd: folder, stdio: 'ignore' });
  for (const deadline = Date.now() + 30_000; Date.now() < deadline && !isHealthy(service, port); ) {
    await sleep(100);
  }
  expect(isHealthy(service, port)).toBe(true);
});
