import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { freePort } from '../../scripts/live/server';
import { Server } from '../live-observability/process';
import { inFolder } from '../support/synth';
import { golden, mutate } from './tools';

/** The programs of the local stack that can be had here, started as its containers are. */
const PROGRAMS = {
  prometheus: { mounted: '/etc/prometheus', kept: '/prometheus', listen: '--web.listen-address=', more: [] },
  alertmanager: {
    mounted: '/etc/alertmanager',
    kept: '/alertmanager',
    listen: '--web.listen-address=',
    // One alone has nobody to agree with.
    more: ['--cluster.listen-address='],
  },
} as const;

/** Starts one with the flags and the files of a golden service, and asks it something. */
async function started(
  program: keyof typeof PROGRAMS,
  path: string,
  breaking: (folder: string) => void = () => undefined,
): Promise<{ answer: unknown; output: string }> {
  return inFolder(async (folder) => {
    const { mounted, kept, listen, more } = PROGRAMS[program];
    cpSync(join(golden, 'default/observability', program), join(folder, 'mounted'), { recursive: true });
    breaking(join(folder, 'mounted'));
    const compose = parse(readFileSync(join(golden, 'default/observability/compose.yaml'), 'utf8'));
    const flags = (compose.services[program].command as string[]).map((flag) =>
      flag.replace(mounted, join(folder, 'mounted')).replace(`=${kept}`, `=${join(folder, 'kept')}`),
    );
    const address = `127.0.0.1:${await freePort()}`;
    const server = await Server.start(program, [...flags, `${listen}${address}`, ...more], `http://${address}/-/ready`);
    try {
      return { answer: await (await fetch(`http://${address}${path}`)).json(), output: server.output() };
    } finally {
      server.stop();
    }
  });
}

interface Rules {
  readonly data: { readonly groups: ReadonlyArray<{ readonly file: string; readonly rules: unknown[] }> };
}

it('Prometheus starts with the flags and the rules of the local stack, and has nothing to object to', async () => {
  const { answer, output } = await started('prometheus', '/api/v1/rules');
  const { groups } = (answer as Rules).data;
  expect(new Set(groups.map(({ file }) => file.replace(/.*\//, '')))).toEqual(
    new Set(['alerts.yaml', 'recording.yaml']),
  );
  expect(groups.flatMap(({ rules }) => rules).length).toBeGreaterThan(40);
  expect(output.split('\n').filter((line) => /level=(WARN|ERROR)/.test(line))).toEqual([]);
});

it('Prometheus does not start with a scrape of nothing', async () => {
  await expect(
    started('prometheus', '/', (folder) => mutate(join(folder, 'prometheus.yaml'), 'job_name: orders', 'job: orders')),
  ).rejects.toThrow('field job not found');
});

it('Alertmanager starts with the flags and the routes of the local stack, and has nothing to object to', async () => {
  const { answer, output } = await started('alertmanager', '/api/v2/receivers');
  expect((answer as Array<{ name: string }>).map(({ name }) => name).sort()).toEqual([
    'escalation',
    'heartbeat',
    'nobody',
    'page',
    'ticket',
  ]);
  expect(output.split('\n').filter((line) => /level=(WARN|ERROR)/i.test(line))).toEqual([]);
});
