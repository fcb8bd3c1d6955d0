import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { freePort } from '../../scripts/live/server';
import { Server } from './process';

const loopback = async () => `127.0.0.1:${await freePort()}`;

/**
 * An OpenTelemetry collector with the configuration of a service. A second file moves it to free ports of this machine, which is all
 * that file says.
 */
export class Collector {
  /**
   * @param config the generated file
   * @param backend host and port of what takes its traces and logs
   */
  public static async start(folder: string, config: string, backend: Backend): Promise<Collector> {
    const [http, own, graph, health] = [await loopback(), await loopback(), await loopback(), await loopback()];
    mkdirSync(folder, { recursive: true });
    const addresses = join(folder, 'addresses.yaml');
    writeFileSync(
      addresses,
      stringify({
        extensions: { health_check: { endpoint: health } },
        receivers: { otlp: { protocols: { grpc: { endpoint: await loopback() }, http: { endpoint: http } } } },
        exporters: { prometheus: { endpoint: graph } },
        service: { telemetry: { metrics: { readers: [readerAt(config, own)] } } },
      }),
    );
    const server = await Server.start('otelcol', [`--config=${config}`, `--config=${addresses}`], `http://${health}`, {
      TRACES_ENDPOINT: backend.grpc,
      LOGS_ENDPOINT: `http://${backend.http}`,
      EXPORT_INSECURE: 'true',
      DEPLOYMENT_ENVIRONMENT: 'prod',
    });
    return new Collector(server, `http://${http}`, own, graph);
  }

  private constructor(
    private readonly server: Server,
    /** Where services send to. */
    public readonly endpoint: string,
    /** Host and port of what it says of itself. */
    public readonly ownMetrics: string,
    /** Host and port of the service graph. */
    public readonly serviceGraph: string,
  ) {}

  /** Hands it something as a service or an agent would. */
  public async post(signal: 'traces' | 'logs', body: object): Promise<number> {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(`${this.endpoint}/v1/${signal}`, { method: 'POST', headers, body: JSON.stringify(body) }))
      .status;
  }

  public output(): string {
    return this.server.output();
  }

  public stop(): void {
    this.server.stop();
  }
}

/** The one reader of its own metrics, moved. It is repeated whole because of two files the second replaces lists. */
function readerAt(config: string, address: string): object {
  const { service } = parse(readFileSync(config, 'utf8')) as {
    service: { telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: object } } }] } } };
  };
  const { prometheus } = service.telemetry.metrics.readers[0].pull.exporter;
  const [host, port] = address.split(':');
  return { pull: { exporter: { prometheus: { ...prometheus, host, port: Number(port) } } } };
}

export interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes?: readonly Attribute[];
  /** Of the service it is of. */
  readonly resource: readonly Attribute[];
}

interface Batch {
  readonly resourceSpans?: ReadonlyArray<{
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: ReadonlyArray<{ readonly spans: ReadonlyArray<Omit<Span, 'resource'>> }>;
  }>;
}

/**
 * What keeps traces and logs. A second collector stands in front of it and speaks OTLP over gRPC, as Tempo does.
 */
export class Backend {
  public static async start(folder: string): Promise<Backend> {
    const [grpc, http, health] = [await loopback(), await loopback(), await loopback()];
    const backend = new Backend(grpc, http);
    await new Promise<void>((resolve) => backend.shelf.listen(0, '127.0.0.1', resolve));
    const { port } = backend.shelf.address() as AddressInfo;
    mkdirSync(folder, { recursive: true });
    const config = join(folder, 'backend.yaml');
    const pipeline = { receivers: ['otlp'], exporters: ['otlphttp'] };
    writeFileSync(
      config,
      stringify({
        extensions: { health_check: { endpoint: health } },
        receivers: { otlp: { protocols: { grpc: { endpoint: grpc }, http: { endpoint: http } } } },
        exporters: {
          otlphttp: {
            endpoint: `http://127.0.0.1:${port}`,
            encoding: 'json',
            compression: 'none',
            // Who sends hears at once how it went.
            sending_queue: { enabled: false },
            retry_on_failure: { enabled: false },
          },
        },
        service: {
          extensions: ['health_check'],
          telemetry: { metrics: { level: 'none' } },
          pipelines: { traces: pipeline, logs: pipeline },
        },
      }),
    );
    backend.front = await Server.start('otelcol', [`--config=${config}`], `http://${health}`);
    return backend;
  }

  /** Everything it was sent, as text. */
  public text = '';
  public readonly spans: Span[] = [];
  /** Whether it refuses what it is sent, for good. */
  public refuses = false;

  private front: Server | undefined;
  private readonly shelf: HttpServer = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      if (this.refuses) {
        response.writeHead(400).end();
        return;
      }
      this.keep(body);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });

  private constructor(
    public readonly grpc: string,
    public readonly http: string,
  ) {}

  /** The names of the spans from the first of a trace down to this one. */
  public pathTo(span: Span): string[] {
    const parent = this.spans.find(
      ({ traceId, spanId }) => traceId === span.traceId && spanId === (span.parentSpanId ?? ''),
    );
    return [...(parent === undefined ? [] : this.pathTo(parent)), span.name];
  }

  public stop(): void {
    this.front?.stop();
    this.shelf.closeAllConnections();
    this.shelf.close();
  }

  private keep(body: string): void {
    this.text += body;
    for (const { resource, scopeSpans } of (JSON.parse(body) as Batch).resourceSpans ?? []) {
      this.spans.push(
        ...scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, resource: resource.attributes }))),
      );
    }
  }
}
