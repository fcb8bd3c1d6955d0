import { connect } from 'node:net';

/** Milliseconds between two shipments. */
const INTERVAL = 500;

/** Lines that wait at most; what comes then is in the terminal only. */
const MOST = 10_000;

/** OpenTelemetry's numbers of our levels. */
const SEVERITIES: Readonly<Record<string, number>> = { trace: 1, debug: 5, info: 9, warn: 13, error: 17, fatal: 21 };

/** Ships lines of the log to a collector, by OTLP. The service never waits for it. */
export class Shipment {
  readonly #url: string;
  readonly #timer: NodeJS.Timeout;
  #waiting: object[] = [];
  #shipping: Promise<void> = Promise.resolve();
  #refused = false;

  constructor(collector: string) {
    this.#url = `${collector.replace(/\/+$/, '')}/v1/logs`;
    this.#timer = setInterval(() => this.#ship(), INTERVAL).unref();
  }

  /** Takes a line; what is no JSON is no line of the log. */
  add(line: string): void {
    const record = recordOf(line);
    if (record !== undefined && this.#waiting.length < MOST) this.#waiting.push(record);
  }

  /** Resolves when everything is shipped, or cannot be. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.#ship();
    await this.#shipping;
  }

  #ship(): void {
    const resourceLogs = this.#waiting;
    if (resourceLogs.length === 0) return;
    this.#waiting = [];
    this.#shipping = this.#shipping.then(() => this.#post({ resourceLogs }));
  }

  async #post(body: object): Promise<void> {
    try {
      const headers = { 'content-type': 'application/json' };
      const request = { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(5000) };
      const { ok, status } = await fetch(this.#url, request);
      if (!ok && !this.#refused) console.error(`Lines of the log may be here only: ${this.#url} answered ${status}`);
      this.#refused ||= !ok;
    } catch {
      // The stack was stopped; the terminal has every line.
    }
  }
}

/** A collector refuses all lines of a shipment for one that has something of another type, so nothing is taken for what it is not. */
function recordOf(line: string): object | undefined {
  const said = parsed(line);
  if (said === undefined) return undefined;
  const level = textOf(said['level']) ?? '';
  const { traceId, spanId } = said;
  const record = {
    timeUnixNano: `${timeOf(said['time']) ?? Date.now()}000000`,
    severityText: level,
    severityNumber: SEVERITIES[level] ?? 0,
    // As a whole, so that the collector redacts by the names of its members.
    body: anyValue(said),
    ...(isId(traceId, 32) && isId(spanId, 16) ? { traceId, spanId } : {}),
  };
  const attributes = Object.entries({
    'service.name': textOf(said['service']),
    'service.version': textOf(said['version']),
    'deployment.environment.name': textOf(said['environment']),
  }).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value: { stringValue: value } }]));
  return { resource: { attributes }, scopeLogs: [{ logRecords: [record] }] };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Milliseconds since 1970, as far as a number of 64 bits counts them in nanoseconds. */
function timeOf(value: unknown): number | undefined {
  const millis = Date.parse(textOf(value) ?? '');
  return millis > 0 && millis < 2 ** 63 / 1e6 ? millis : undefined;
}

function isId(value: unknown, digits: number): boolean {
  return typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/.test(value);
}

/** A value as OpenTelemetry writes it. */
function anyValue(value: unknown): object {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'number':
      // JSON can say more than it can read: 1e999.
      return Number.isFinite(value) ? { doubleValue: value } : { stringValue: String(value) };
    default:
      return Array.isArray(value)
        ? { arrayValue: { values: value.map(anyValue) } }
        : {
            kvlistValue: {
              values: Object.entries(value ?? {}).map(([key, member]) => ({ key, value: anyValue(member) })),
            },
          };
  }
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = line.startsWith('{') ? JSON.parse(line) : undefined;
    return value === null || typeof value !== 'object' ? undefined : (value as Record<string, unknown>);
  } catch {
    return undefined;
  }
}

/** Whether something listens where an URL leads. */
export async function answers(url: string): Promise<boolean> {
  if (!URL.canParse(url)) return false;
  const { hostname, port, protocol } = new URL(url);
  return await new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || (protocol === 'https:' ? 443 : 80)), timeout: 1000 });
    const end = (is: boolean) => () => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });
}
