import type { Destination } from './destination';
import { cloudWatchLogs, DEFAULT_SECRETS, datadog, elasticsearch, openSearch, otlp } from './destinations';
import type { Signal } from './signal';

/**
 * What the collector needs to reach a backend within the cluster.
 */
export interface OtlpGrpcBackendProps {
  /**
   * Its host and port.
   *
   * @default - its usual name and port, such as `tempo:4317`
   */
  readonly endpoint?: string;

  /**
   * Whether the connection is not encrypted, as is usual within a mesh that does it.
   *
   * @default false
   */
  readonly plaintext?: boolean;

  /**
   * The file with the certificate authority that it is signed by, in the container of the collector.
   *
   * @default - those of the system
   */
  readonly caFile?: string;

  /**
   * The file with a bearer token, in the container of the collector.
   *
   * @default - no token is sent
   */
  readonly tokenFile?: string;
}

/**
 * What the collector needs to reach Loki.
 */
export interface LokiBackendProps {
  /**
   * The URL that OTLP is sent to, without `/v1/logs`.
   *
   * @default "http://loki:3100/otlp"
   */
  readonly endpoint?: string;

  /**
   * The tenant, where Loki has several.
   *
   * @default - none
   */
  readonly tenant?: string;

  /**
   * The login. Grafana Cloud's is the number of the stack.
   *
   * @default - no login
   */
  readonly username?: string;

  /**
   * The file with the password, in the container of the collector. Only used with a username.
   *
   * @default "/etc/otelcol/secrets/loki-password"
   */
  readonly passwordFile?: string;
}

/**
 * What the collector needs to reach any backend that speaks OTLP over HTTP.
 */
export interface OtlpHttpBackendProps {
  /**
   * The URL, without `/v1/traces` and `/v1/logs`. It must not contain a credential: it ends up in a generated file.
   */
  readonly endpoint: string;

  /**
   * The file with a bearer token, in the container of the collector.
   *
   * @default - no token is sent
   */
  readonly tokenFile?: string;
}

/**
 * What the collector needs to reach Datadog.
 */
export interface DatadogBackendProps {
  /**
   * The site, such as `datadoghq.eu`.
   *
   * @default "datadoghq.com"
   */
  readonly site?: string;

  /**
   * The file with the API key, in the container of the collector.
   *
   * @default "/etc/otelcol/secrets/datadog-api-key"
   */
  readonly apiKeyFile?: string;
}

/**
 * What the collector needs to reach Elasticsearch.
 */
export interface ElasticsearchBackendProps {
  /** Its URL, with `https`. */
  readonly endpoint: string;

  /**
   * The file with the API key as Elasticsearch prints it "encoded", in the container of the collector.
   *
   * @default "/etc/otelcol/secrets/elasticsearch-api-key"
   */
  readonly apiKeyFile?: string;

  /**
   * The file with the certificate authority that it is signed by, in the container of the collector.
   *
   * @default - those of the system
   */
  readonly caFile?: string;
}

/**
 * What the collector needs to reach OpenSearch: a login, or the region where AWS runs it.
 */
export interface OpenSearchBackendProps {
  /** Its URL, with `https`. */
  readonly endpoint: string;

  /**
   * The login.
   *
   * @default - none: requests are signed with the role of the pod
   */
  readonly username?: string;

  /**
   * The file with the password, in the container of the collector. Only used with a username.
   *
   * @default "/etc/otelcol/secrets/opensearch-password"
   */
  readonly passwordFile?: string;

  /**
   * The AWS region, where AWS runs it and requests are signed with the role of the pod.
   *
   * @default - none: there is a login
   */
  readonly region?: string;

  /**
   * The file with the certificate authority that it is signed by, in the container of the collector.
   *
   * @default - those of the system
   */
  readonly caFile?: string;
}

/**
 * What the collector needs to reach CloudWatch.
 */
export interface CloudWatchLogsBackendProps {
  /** The AWS region, such as `eu-west-1`. */
  readonly region: string;

  /**
   * The log group; it is made where there is none, and keeps lines for as long as `retention.logs` says.
   *
   * @default - the service and the environment, such as `/orders/prod`
   */
  readonly logGroup?: string;
}

/**
 * Where the collector sends traces or logs to. Credentials are files that are mounted into the collector; none is in a generated file.
 *
 * Each endpoint gives way to a variable of the collector's environment, such as `TEMPO_ENDPOINT`, so that one configuration serves all
 * environments.
 *
 * @example
 * new Observability(project, {
 *   collector: {
 *     traces: [TelemetryBackend.tempo({ endpoint: 'tempo.monitoring:4317', plaintext: true })],
 *     logs: [TelemetryBackend.cloudWatchLogs({ region: 'eu-west-1' })],
 *   },
 * });
 */
export class TelemetryBackend {
  /** Grafana Tempo, which takes traces. */
  public static tempo(props: OtlpGrpcBackendProps = {}): TelemetryBackend {
    return TelemetryBackend.grpc('tempo', 'tempo:4317', props);
  }

  /** Jaeger, which takes traces. */
  public static jaeger(props: OtlpGrpcBackendProps = {}): TelemetryBackend {
    return TelemetryBackend.grpc('jaeger', 'jaeger:4317', props);
  }

  /** Grafana Loki, which takes logs. */
  public static loki(props: LokiBackendProps = {}): TelemetryBackend {
    const { endpoint = 'http://loki:3100/otlp', tenant, username, passwordFile = DEFAULT_SECRETS.loki } = props;
    return new TelemetryBackend(
      otlp({
        name: 'loki',
        takes: ['logs'],
        grpc: false,
        endpoint,
        variable: 'LOKI_ENDPOINT',
        ...(username === undefined ? {} : { login: { username, passwordFile } }),
        ...(tenant === undefined ? {} : { headers: { 'X-Scope-OrgID': tenant } }),
      }),
    );
  }

  /**
   * Anything else that takes traces and logs by OTLP over HTTP.
   *
   * @param name lower-case letters, digits and dashes
   */
  public static otlp(name: string, props: OtlpHttpBackendProps): TelemetryBackend {
    const variable = `${name.toUpperCase().replaceAll('-', '_')}_ENDPOINT`;
    return new TelemetryBackend(otlp({ ...props, name, takes: ['traces', 'logs'], grpc: false, variable }));
  }

  /** Datadog, which takes traces and logs, and is told the rate, errors and duration of all requests before any trace is left out. */
  public static datadog(props: DatadogBackendProps = {}): TelemetryBackend {
    return new TelemetryBackend(datadog(props.site ?? 'datadoghq.com', props.apiKeyFile ?? DEFAULT_SECRETS.datadog));
  }

  /** Elasticsearch 8.12 or later, which takes traces and logs as data streams. */
  public static elasticsearch(props: ElasticsearchBackendProps): TelemetryBackend {
    const { endpoint, apiKeyFile = DEFAULT_SECRETS.elasticsearch, caFile } = props;
    return new TelemetryBackend(elasticsearch(endpoint, apiKeyFile, caFile));
  }

  /** OpenSearch, which takes traces and logs as data streams. */
  public static openSearch(props: OpenSearchBackendProps): TelemetryBackend {
    const { endpoint, username, passwordFile = DEFAULT_SECRETS.openSearch, region, caFile } = props;
    return new TelemetryBackend(
      openSearch({
        endpoint,
        ...(username === undefined ? {} : { login: { username, passwordFile } }),
        ...(region === undefined ? {} : { region }),
        ...(caFile === undefined ? {} : { caFile }),
      }),
    );
  }

  /** Amazon CloudWatch Logs, which takes logs. Who may write is up to the role of the collector's pod. */
  public static cloudWatchLogs(props: CloudWatchLogsBackendProps): TelemetryBackend {
    return new TelemetryBackend(cloudWatchLogs(props.region, props.logGroup));
  }

  /**
   * Where a signal goes that nobody has chosen a backend for: what the collector's environment names, or the local stack.
   *
   * @internal
   */
  public static _default(signal: Signal): TelemetryBackend {
    return new TelemetryBackend(
      signal === 'traces'
        ? otlp({ name: 'tempo', takes: ['traces'], grpc: true, endpoint: 'tempo:4317', variable: 'TRACES_ENDPOINT' })
        : otlp({
            name: 'loki',
            takes: ['logs'],
            grpc: false,
            endpoint: 'http://loki:3100/otlp',
            variable: 'LOGS_ENDPOINT',
          }),
    );
  }

  private static grpc(name: string, endpoint: string, props: OtlpGrpcBackendProps): TelemetryBackend {
    const variable = `${name.toUpperCase()}_ENDPOINT`;
    return new TelemetryBackend(otlp({ endpoint, ...props, name, takes: ['traces'], grpc: true, variable }));
  }

  /** @internal */
  public readonly _destination: Destination;

  private constructor(destination: Destination) {
    this._destination = destination;
  }
}
