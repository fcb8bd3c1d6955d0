import { ConfigType, ConfigVariable, type ConfigVariableProps, Duration } from '../service';

/**
 * What can be chosen about ports and documentation.
 */
export interface HttpVariablesOptions {
  /**
   * The default of `PORT`, the public port.
   *
   * @default 3000
   */
  readonly port?: number;

  /**
   * The default of `MANAGEMENT_PORT`, the port of the probes.
   *
   * @default 9464
   */
  readonly managementPort?: number;

  /**
   * Whether the probes are on the public port, for platforms that know only one.
   *
   * @default false
   */
  readonly publicProbes?: boolean;

  /**
   * Whether the API is documented at `/docs` in production too. In `dev` it always is.
   *
   * @default false
   */
  readonly publicDocs?: boolean;
}

const PORT = ConfigType.integer({ min: 0, max: 65_535 });
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/**
 * The config variables of the HTTP server.
 */
export function httpVariables(options: HttpVariablesOptions): ConfigVariable[] {
  const port = options.port ?? 3000;
  const variables: Record<string, ConfigVariableProps> = {
    PORT: { type: PORT, defaultValue: port, description: 'Port of the public HTTP server' },
    HOST: {
      defaultValue: '0.0.0.0',
      values: { dev: '127.0.0.1', test: '127.0.0.1' },
      description: 'Address both HTTP servers listen on',
    },
    MANAGEMENT_PORT: {
      type: PORT,
      defaultValue: options.publicProbes ? port : (options.managementPort ?? 9464),
      description: 'Port of the probes; the value of PORT serves them on the public server',
    },
    LOG_LEVEL: {
      type: ConfigType.enumeration(LOG_LEVELS),
      defaultValue: 'info',
      values: { test: 'silent' },
      description: 'The least severe log lines that are written',
    },
    CORS_ORIGINS: { type: ConfigType.list(), defaultValue: [], description: 'Origins whose pages may call the API' },
    TRUSTED_PROXIES: {
      type: ConfigType.list(),
      defaultValue: [],
      description: 'Addresses or CIDR blocks of proxies whose X-Forwarded-For is believed',
    },
    RATE_LIMIT_MAX: {
      type: ConfigType.integer({ min: 1 }),
      defaultValue: 600,
      values: { test: 1_000_000 },
      description: 'Requests a client may make in one RATE_LIMIT_WINDOW',
    },
    RATE_LIMIT_WINDOW: {
      type: ConfigType.duration({ min: Duration.seconds(1) }),
      defaultValue: Duration.minutes(1),
      description: 'The time RATE_LIMIT_MAX is counted over',
    },
    BODY_LIMIT: {
      type: ConfigType.integer({ min: 1 }),
      defaultValue: 1_048_576,
      description: 'Largest request body, in bytes',
    },
    REQUEST_TIMEOUT: {
      type: ConfigType.duration({ min: Duration.seconds(1) }),
      defaultValue: Duration.seconds(15),
      description: 'How long a client may take to send a request, and the service to answer it',
    },
    KEEP_ALIVE_TIMEOUT: {
      type: ConfigType.duration({ min: Duration.seconds(1) }),
      defaultValue: Duration.seconds(72),
      description: 'How long an idle connection is kept; longer than the proxy in front keeps it, or requests get lost',
    },
    SHUTDOWN_DELAY: {
      type: ConfigType.duration(),
      defaultValue: Duration.seconds(5),
      values: { dev: Duration.seconds(0), test: Duration.seconds(0) },
      description: 'How long to go on serving after readiness turned 503, so that load balancers notice',
    },
    SHUTDOWN_GRACE: {
      type: ConfigType.duration({ min: Duration.seconds(1) }),
      defaultValue: Duration.seconds(20),
      description: 'How long requests in flight may take to finish after that; at least 4 s more than REQUEST_TIMEOUT',
    },
    API_DOCS: {
      type: ConfigType.boolean(),
      defaultValue: options.publicDocs ?? false,
      values: { dev: true },
      description: 'Whether the API is documented at /docs',
    },
  };
  return Object.entries(variables).map(
    ([name, props]) => new ConfigVariable(name, { ...props, statedBy: 'FastifyServer' }),
  );
}
