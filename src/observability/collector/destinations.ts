import type { Retention } from '../retention';
import { type Destination, delivery, fromEnvironment, queue, secretFile } from './destination';

export interface OtlpDestination {
  readonly name: string;
  readonly takes: Destination['takes'];
  readonly grpc: boolean;
  readonly endpoint: string;
  /** The variable that says another endpoint. */
  readonly variable: string;
  readonly plaintext?: boolean;
  readonly caFile?: string;
  readonly tokenFile?: string;
  readonly login?: { readonly username: string; readonly passwordFile: string };
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whatever speaks OTLP, which is nearly everything. */
export function otlp(props: OtlpDestination): Destination {
  const { name, takes, grpc, endpoint, variable, plaintext = false, caFile, tokenFile, login, headers } = props;
  const authenticator =
    login !== undefined
      ? basicAuth(login.username, login.passwordFile)
      : tokenFile !== undefined
        ? { type: 'bearertokenauth', settings: { filename: tokenFile } }
        : undefined;
  const secrets = {
    ...(login === undefined ? {} : { [login.passwordFile]: `the password of ${login.username}` }),
    ...(tokenFile === undefined ? {} : { [tokenFile]: `the token for ${name}` }),
  };
  return {
    name,
    exporter: grpc ? 'otlp_grpc' : 'otlp_http',
    takes,
    settings: () => ({
      endpoint: fromEnvironment(variable, endpoint),
      // What HTTP needs is in the scheme of its URL.
      ...(grpc || caFile !== undefined
        ? {
            tls: {
              ...(grpc ? { insecure: fromEnvironment('EXPORT_INSECURE', String(plaintext)) } : {}),
              ...(caFile === undefined ? {} : { ca_file: caFile }),
            },
          }
        : {}),
      ...(headers === undefined ? {} : { headers }),
      ...delivery(),
    }),
    ...(authenticator === undefined ? {} : { authenticator }),
    secrets,
    flaws: () => [
      ...(grpc ? grpcFlaws(endpoint) : urlFlaws(endpoint)),
      ...(authenticator !== undefined && (grpc ? plaintext : endpoint.startsWith('http://'))
        ? ['would send its credential in plain text: use TLS']
        : []),
      ...(login !== undefined && tokenFile !== undefined ? ['has a login and a token: choose one of them'] : []),
      ...fileFlaws(secrets, caFile),
    ],
  };
}

export function datadog(site: string, apiKeyFile: string): Destination {
  const secrets = { [apiKeyFile]: 'the API key of Datadog' };
  return {
    name: 'datadog',
    exporter: 'datadog',
    takes: ['traces', 'logs'],
    settings: () => ({
      api: { site: fromEnvironment('DD_SITE', site), key: `\${file:${apiKeyFile}}` },
      // The collector is not the host it speaks of.
      host_metadata: { enabled: false },
      // Datadog refuses requests above 3.2 MB.
      ...delivery({ least: 10, most: 100 }),
    }),
    secrets,
    connector: { type: 'datadog', settings: {} },
    flaws: () => [
      ...(/^([a-z0-9-]+\.)+[a-z]{2,}$/.test(site)
        ? []
        : [`has a site that is no host name such as datadoghq.eu: ${site}`]),
      ...fileFlaws(secrets),
    ],
  };
}

export function elasticsearch(endpoint: string, apiKeyFile: string, caFile: string | undefined): Destination {
  const secrets = { [apiKeyFile]: 'the API key of Elasticsearch, encoded' };
  return {
    name: 'elasticsearch',
    exporter: 'elasticsearch',
    takes: ['traces', 'logs'],
    settings: () => ({
      endpoint: fromEnvironment('ELASTICSEARCH_ENDPOINT', endpoint),
      ...(caFile === undefined ? {} : { tls: { ca_file: caFile } }),
      sending_queue: queue({ flush_timeout: '5s', sizer: 'bytes', min_size: 1_000_000, max_size: 5_000_000 }),
      // It tells apart, within a bulk request, what to try again.
      retry: {
        enabled: true,
        max_retries: 10,
        initial_interval: '1s',
        max_interval: '30s',
        retry_on_status: [429, 502, 503, 504],
      },
    }),
    // Read again when the file changes, so a key can rotate without a restart.
    authenticator: { type: 'bearertokenauth', settings: { scheme: 'ApiKey', filename: apiKeyFile } },
    secrets,
    flaws: () => [...urlFlaws(endpoint, 'https'), ...fileFlaws(secrets, caFile)],
  };
}

export interface OpenSearchDestination {
  readonly endpoint: string;
  readonly login?: { readonly username: string; readonly passwordFile: string };
  readonly region?: string;
  readonly caFile?: string;
}

export function openSearch({ endpoint, login, region, caFile }: OpenSearchDestination): Destination {
  const secrets =
    login === undefined ? {} : { [login.passwordFile]: `the password of ${login.username} in OpenSearch` };
  return {
    name: 'opensearch',
    exporter: 'opensearch',
    takes: ['traces', 'logs'],
    settings: ({ serviceName }) => ({
      http: {
        endpoint: fromEnvironment('OPENSEARCH_ENDPOINT', endpoint),
        ...(caFile === undefined ? {} : { tls: { ca_file: caFile } }),
      },
      dataset: serviceName,
      namespace: fromEnvironment('DEPLOYMENT_ENVIRONMENT', 'dev'),
      ...delivery(),
    }),
    authenticator:
      login === undefined
        ? { type: 'sigv4auth', settings: { region, service: 'es' } }
        : basicAuth(login.username, login.passwordFile),
    secrets,
    flaws: () => [
      ...urlFlaws(endpoint, 'https'),
      ...((login === undefined) === (region === undefined)
        ? ['has to be told either a username or an AWS region, to prove who it is']
        : []),
      ...fileFlaws(secrets, caFile),
    ],
  };
}

/** CloudWatch keeps log groups for so many days, and for no other number. */
const CLOUDWATCH_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 2192, 2557, 2922, 3288, 3653,
];

export function cloudWatchLogs(region: string, logGroup: string | undefined): Destination {
  const days = ({ logs }: Retention) => logs.toMillis() / 86_400_000;
  return {
    name: 'awscloudwatchlogs',
    exporter: 'awscloudwatchlogs',
    takes: ['logs'],
    settings: ({ serviceName, retention }) => ({
      region,
      log_group_name: logGroup ?? `/${serviceName}/${fromEnvironment('DEPLOYMENT_ENVIRONMENT', 'dev')}`,
      // One stream for each collector, as nothing is won by sharing one.
      log_stream_name: fromEnvironment('HOSTNAME', 'collector'),
      log_retention: days(retention),
      ...delivery(),
    }),
    // The role of the pod: no key that somebody could lose.
    secrets: {},
    flaws: ({ retention }) => [
      ...(/^[a-z]{2}(-[a-z]+)+-\d$/.test(region) ? [] : [`is in no AWS region: ${region}`]),
      ...(logGroup === undefined || /^[\w./#{}-]{1,512}$/.test(logGroup)
        ? []
        : [`has a log group with characters that CloudWatch refuses: ${logGroup}`]),
      ...(CLOUDWATCH_DAYS.includes(days(retention))
        ? []
        : [
            `cannot keep logs for ${retention.logs}: CloudWatch knows ${CLOUDWATCH_DAYS.slice(0, 14).join(', ')}, … days`,
          ]),
    ],
  };
}

function basicAuth(username: string, passwordFile: string): { type: string; settings: object } {
  return { type: 'basicauth', settings: { client_auth: { username, password_file: passwordFile } } };
}

export const DEFAULT_SECRETS = {
  datadog: secretFile('datadog-api-key'),
  elasticsearch: secretFile('elasticsearch-api-key'),
  loki: secretFile('loki-password'),
  openSearch: secretFile('opensearch-password'),
};

function urlFlaws(endpoint: string, scheme = 'https?'): string[] {
  return new RegExp(`^${scheme}://[^\\s/@]+(/[^\\s?]*)?$`).test(endpoint)
    ? []
    : [
        `has an endpoint that is no URL${scheme === 'https' ? ' with https' : ''}, or that carries a credential or a query`,
      ];
}

function grpcFlaws(endpoint: string): string[] {
  return /^[^\s:/@]+:\d+$/.test(endpoint) ? [] : ['has an endpoint that is no host with a port, such as tempo:4317'];
}

function fileFlaws(secrets: Readonly<Record<string, string>>, caFile?: string): string[] {
  const paths = [...Object.keys(secrets), ...(caFile === undefined ? [] : [caFile])];
  return paths.every((path) => /^\/[\w./-]+$/.test(path))
    ? []
    : [
        'names a file that is no absolute path in the container of the collector; a credential itself never belongs here',
      ];
}
