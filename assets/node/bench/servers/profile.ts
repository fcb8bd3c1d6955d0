import { type Profiler, type Runtime, Session } from 'node:inspector/promises';

/** Microseconds of the main thread, by whose code ran. */
export type Spent = Record<string, number>;

/** Whose code it is, by the file or the name of a function; the first that matches. */
const PARTS: readonly (readonly [part: string, pattern: RegExp])[] = [
  ['Prisma', /@prisma\/(?!instrumentation)/],
  ['pg', /node_modules\/pg[-/]/],
  ['tracing', /@opentelemetry\/|@prisma\/instrumentation|platform\/telemetry\/tracing\//],
  ['async context', /node:(internal\/)?async_/],
  ['metrics', /prom-client\/|platform\/(telemetry|metrics|distribution|database\/metrics)/],
  ['database module', /platform\/database\//],
  ['log', /node_modules\/(pino|sonic-boom|quick-format|safe-stable)|platform\/logging\//],
  ['schemas', /node_modules\/(zod|fastify-type-provider-zod)\//],
  ['rate limit', /node_modules\/(@fastify\/rate-limit|toad-cache)\/|node:internal\/net/],
  ['other hooks', /platform\/http\//],
  ['Fastify', /node_modules\/(fastify|find-my-way|avvio|@fastify)\//],
  ['garbage collection', /^\(garbage collector\)$/],
  ['system calls', /^(writev|writeBuffer|writeUtf8String|writeLatin1String|writeString)$/],
  ['node:http', /node:_http|node:(internal\/)?(http|_http)/],
];

export class Profile {
  readonly #session = new Session();

  async start(): Promise<void> {
    this.#session.connect();
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.setSamplingInterval', { interval: 200 });
    await this.#session.post('Profiler.start');
  }

  async stop(): Promise<Spent> {
    const { profile } = await this.#session.post('Profiler.stop');
    this.#session.disconnect();
    return spent(profile);
  }
}

function spent({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Spent {
  const parts = new Map(nodes.map(({ id, callFrame }) => [id, partOf(callFrame)]));
  const sums: Spent = {};
  for (const [at, id] of samples.entries()) {
    const part = parts.get(id);
    if (part !== undefined) sums[part] = (sums[part] ?? 0) + (timeDeltas[at] ?? 0);
  }
  return sums;
}

function partOf({ url, functionName }: Runtime.CallFrame): string | undefined {
  if (functionName === '(idle)') return undefined;
  const place = url === '' ? functionName : url;
  return PARTS.find(([, pattern]) => pattern.test(place))?.[0] ?? 'the rest of Node';
}
