import { join } from 'node:path';
import { run } from '../live/command';
import { LIBRARY } from '../live/package';
import { atLeast, type Figure, ratio } from './figures';

interface Result {
  /** Requests a second against bare Fastify. */
  readonly ratio: number;
  readonly requestsPerSecond: number;
  readonly cpuMicrosPerRequest: number;
  readonly p99Ms: number;
  readonly rssMb: number;
}

type Variant = 'bare' | 'logs' | 'metrics' | 'traces' | 'allTraces';

type Report = Record<'simplest' | 'query', Record<Variant, Result>>;

const ROUTES = { simplest: 'simplest route', query: 'one Prisma query' } as const;

const VARIANTS: Record<Exclude<Variant, 'bare'>, string> = {
  logs: 'service with logs',
  metrics: '+ metrics',
  traces: '+ traces, 5 % sampled',
  allTraces: '+ traces, all sampled',
};

/** What must be reached, against bare Fastify. */
const TARGETS: Partial<Record<string, number>> = {
  'simplest logs': 0.45,
  'simplest traces': 0.4,
  'query traces': 0.92,
};

/** What each signal costs on two routes of a service, against the same routes in bare Fastify. */
export async function http(rounds: number): Promise<Figure[]> {
  const output = await run(process.execPath, ['--import', 'tsx', 'bench/http.ts', `${rounds}`], {
    cwd: join(LIBRARY, 'assets', 'node'),
  });
  const report: Report = JSON.parse(output.slice(output.indexOf('{')));
  return (Object.keys(ROUTES) as Array<keyof typeof ROUTES>).flatMap((route) => [
    { what: `${ROUTES[route]}: bare Fastify`, measured: details(report[route].bare).slice(2, -1) },
    ...(Object.keys(VARIANTS) as Array<keyof typeof VARIANTS>).map((variant) => {
      const what = `${ROUTES[route]}: ${VARIANTS[variant]}`;
      const result = report[route][variant];
      const target = TARGETS[`${route} ${variant}`];
      return target === undefined
        ? { what, measured: ratio(result.ratio) + details(result) }
        : atLeast(what, result.ratio, target, ratio, details(result));
    }),
  ]);
}

function details({ requestsPerSecond, cpuMicrosPerRequest, p99Ms, rssMb }: Result): string {
  const perSecond = Math.round(requestsPerSecond).toLocaleString('en');
  return ` (${perSecond} a second, CPU ${cpuMicrosPerRequest} µs a request, p99 ${p99Ms} ms, ${rssMb} MB)`;
}
