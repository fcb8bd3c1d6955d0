import { join } from 'node:path';
import { run } from '../live/command';
import { LIBRARY } from '../live/package';
import { atLeast, type Figure, ratio } from './figures';

interface Round {
  readonly requestsPerSecond: number;
  readonly cpuMicrosPerRequest: number;
  readonly p99Ms: number;
}

interface Report {
  readonly ratio: number;
  readonly cpuRatio: number;
  readonly bare: Round;
  readonly service: Round;
}

/** The simplest route of a service against the same route in bare Fastify. */
export async function http(rounds: number): Promise<Figure[]> {
  const output = await run(process.execPath, ['--import', 'tsx', 'bench/http.ts', `${rounds}`], {
    cwd: join(LIBRARY, 'assets', 'node'),
  });
  const report: Report = JSON.parse(output.slice(output.indexOf('{')));
  const { bare, service } = report;
  const perSecond = ({ requestsPerSecond }: Round) => Math.round(requestsPerSecond).toLocaleString('en');
  return [
    atLeast(
      'simplest route against bare Fastify, requests/s',
      report.ratio,
      0.45,
      ratio,
      ` (${perSecond(service)} against ${perSecond(bare)})`,
    ),
    { what: 'CPU a request', measured: `${service.cpuMicrosPerRequest} µs against ${bare.cpuMicrosPerRequest} µs` },
    { what: 'p99 at 64 connections', measured: `${service.p99Ms} ms against ${bare.p99Ms} ms` },
  ];
}
