import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { prettyFactory } from 'pino-pretty';
import { letContainersReach } from './bridge.js';
import { type DevelopmentServer, readFacts } from './facts.js';
import { answers, Shipment } from './shipment.js';

/** Where the local stack takes what comes by OTLP. */
const LOCAL_COLLECTOR = 'http://127.0.0.1:4318';

/**
 * Runs the development server. Where the local stack runs (`observe:up`), or the collector that is declared for `dev`, it is seen
 * there: its lines are shipped, its metrics can be asked for, its traces have somewhere to go. Where none does, nothing is different.
 */
async function main(): Promise<number> {
  const [command, ...args] = process.argv.slice(process.argv.indexOf('--') + 1);
  if (command === undefined || !process.argv.includes('--')) throw new Error('Usage: dev.ts -- <command> [arguments]');
  const { dev } = readFacts();
  const declared = process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] || dev.collector;
  const collector = declared ?? LOCAL_COLLECTOR;
  if (!(await answers(collector))) return await run(command, args);
  console.log(
    declared === undefined
      ? 'The local stack runs: logs, metrics and traces are at http://localhost:3001'
      : `Logs and traces go to ${new URL(declared).host}`,
  );
  return await runSeen(collector, dev, command, args);
}

async function runSeen(
  collector: string,
  dev: DevelopmentServer,
  command: string,
  args: readonly string[],
): Promise<number> {
  const port = Number(process.env['MANAGEMENT_PORT'] || dev.managementPort);
  const closeBridge = await letContainersReach(port, process.env['HOST'] || dev.host);
  const shipment = new Shipment(collector);
  const pretty = prettyFactory({
    colorize: process.stdout.isTTY,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'service,environment,version',
    errorLikeObjectKeys: ['error', 'err'],
  });
  try {
    return await run(
      command,
      args,
      // On a developer's machine every request is of interest.
      { OTEL_TRACES_SAMPLER_ARG: '1', ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: collector },
      (line) => {
        shipment.add(line);
        process.stdout.write(line.startsWith('{') ? pretty(line) : `${line}\n`);
      },
    );
  } finally {
    closeBridge();
    await shipment.end();
  }
}

/** Signals go to the command, its exit code comes back; its lines are heard, if somebody wants to. */
async function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  hear?: (line: string) => void,
): Promise<number> {
  const child = spawn(command, args, { env, stdio: ['inherit', hear ? 'pipe' : 'inherit', 'inherit'] });
  const lines = child.stdout && createInterface({ input: child.stdout });
  lines?.on('line', (line) => hear?.(line));
  // Ctrl-C in a terminal reaches the command by itself.
  process.on('SIGINT', () => (process.stdin.isTTY ? undefined : child.kill('SIGINT')));
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']));
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
