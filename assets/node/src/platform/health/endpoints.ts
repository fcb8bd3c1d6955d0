import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Lifecycle } from './lifecycle.js';
import type { CheckResult, HealthMonitor } from './monitor.js';

export type Endpoint = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface HealthOptions {
  readonly service: string;
  readonly version: string;
  readonly environment: string;
  readonly lifecycle: Lifecycle;
  readonly monitor: HealthMonitor;
}

const HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

/** The probes of the orchestrator, and a report for people and uptime monitors. */
export function healthEndpoints(options: HealthOptions): Readonly<Record<string, Endpoint>> {
  const { service, version, environment, lifecycle, monitor } = options;
  const isServing = () => lifecycle.phase === 'running';

  return {
    // It answers, so the process is alive. Nothing else may count: restarting it would not mend what it depends on.
    '/livez': (_request, response) => send(response, true, { status: 'ok' }),

    '/startupz': (_request, response) => send(response, lifecycle.phase !== 'starting', { phase: lifecycle.phase }),

    '/readyz': async (_request, response) => {
      // On its way in or out a process is not ready whatever the checks say.
      const checks = isServing() ? await monitor.results() : [];
      send(response, isServing() && works(checks), { phase: lifecycle.phase, checks });
    },

    '/health': async (_request, response) => {
      const checks = await monitor.results();
      const report = {
        service,
        version,
        environment,
        phase: lifecycle.phase,
        uptimeSeconds: Math.floor(process.uptime()),
        checks,
      };
      send(response, isServing() && works(checks), report);
    },
  };
}

function works(checks: readonly CheckResult[]): boolean {
  return checks.every(({ required, healthy }) => healthy || !required);
}

function send(response: ServerResponse, ok: boolean, report: object): void {
  const body = JSON.stringify({ status: ok ? 'ok' : 'unavailable', ...report });
  response.writeHead(ok ? 200 : 503, { ...HEADERS, 'content-length': Buffer.byteLength(body) }).end(body);
}
