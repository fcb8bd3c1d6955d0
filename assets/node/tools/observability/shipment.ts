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
    this.#shipping = this.#shipping.then(() => post(this.#url, { resourceLogs }));
  }
}

async function post(url: string, body: object): Promise<void> {
  try {
    const headers = { 'content-type': 'application/json' };
    await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(5000) });
  } catch {
    // The stack was stopped; the terminal has every line.
  }
}

function recordOf(line: string): object | undefined {
  const said = parsed(line);
  if (said === undefined) return undefined;
  const { time, level = '', traceId, spanId, service, version, environment } = said;
  const record = {
    timeUnixNano: `${Date.parse(time ?? '') || Date.now()}000000`,
    severityText: level,
    severityNumber: SEVERITIES[level] ?? 0,
    // As a whole, so that the collector redacts by the names of its members.
    body: anyValue(said),
    ...(traceId !== undefined && spanId !== undefined ? { traceId, spanId } : {}),
  };
  const attributes = Object.entries({
    'service.name': service,
    'service.version': version,
    'deployment.environment.name': environment,
  }).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value: { stringValue: value } }]));
  return { resource: { attributes }, scopeLogs: [{ logRecords: [record] }] };
}

/** A value as OpenTelemetry writes it. */
function anyValue(value: unknown): object {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'number':
      return { doubleValue: value };
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

function parsed(line: string): Partial<Record<string, string>> | undefined {
  try {
    const value: unknown = line.startsWith('{') ? JSON.parse(line) : undefined;
    return value === null || typeof value !== 'object' ? undefined : (value as Partial<Record<string, string>>);
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
