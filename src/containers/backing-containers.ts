import { baseImage, reference } from '../files';
import { BackingServiceKind } from '../service';

/**
 * How a backing service runs on a developer's machine.
 */
export interface BackingContainer {
  /** The URL under which the processes reach it; `{password}` stands for the generated one. */
  readonly url: (host: string, database: string) => string;
  /** Whether it has a password. */
  readonly password: boolean;
  /** The members of its entry in `compose.yaml` that are its own. */
  readonly entry: (name: string, database: string) => object;
  /** Where it keeps its data. */
  readonly dataFolder: string;
}

/**
 * The containers of the kinds that are known. Each runs as the user its image has for it, so it needs no capability to change to it.
 */
export const BACKING_CONTAINERS: Partial<Record<BackingServiceKind, BackingContainer>> = {
  [BackingServiceKind.POSTGRESQL]: {
    url: (host, database) => `postgresql://${database}:{password}@${host}:5432/${database}`,
    password: true,
    dataFolder: '/var/lib/postgresql',
    entry: (name, database) => ({
      image: reference(baseImage('postgresql')),
      user: '70:70',
      environment: {
        POSTGRES_DB: database,
        POSTGRES_PASSWORD_FILE: `/run/secrets/${passwordOf(name)}`,
        POSTGRES_USER: database,
      },
      // Over TCP: while it sets itself up, it listens on its socket only.
      healthcheck: health('pg_isready', '--host=127.0.0.1', `--username=${database}`, `--dbname=${database}`),
      tmpfs: ['/tmp', '/var/run/postgresql'],
    }),
  },
  [BackingServiceKind.MYSQL]: {
    url: (host, database) => `mysql://${database}:{password}@${host}:3306/${database}`,
    password: true,
    dataFolder: '/var/lib/mysql',
    entry: (name, database) => ({
      image: reference(baseImage('mysql')),
      user: '999:999',
      environment: {
        MYSQL_DATABASE: database,
        MYSQL_PASSWORD_FILE: `/run/secrets/${passwordOf(name)}`,
        MYSQL_RANDOM_ROOT_PASSWORD: 'yes',
        MYSQL_USER: database,
      },
      // Answers "access denied" with 0 as well; while it sets itself up, nothing listens on TCP.
      healthcheck: health('mysqladmin', 'ping', '--host=127.0.0.1', '--silent'),
      tmpfs: ['/tmp', '/var/run/mysqld'],
    }),
  },
  [BackingServiceKind.REDIS]: {
    url: (host) => `redis://${host}:6379`,
    // Only the processes that use it share its network, and it publishes no port.
    password: false,
    dataFolder: '/data',
    entry: () => ({
      image: reference(baseImage('redis')),
      user: '999:1000',
      healthcheck: health('valkey-cli', 'ping'),
      tmpfs: ['/tmp'],
    }),
  },
};

/** The secret that holds the password of a backing service. */
export function passwordOf(name: string): string {
  return `${name}-password`;
}

/** Asked often while it starts, seldom afterwards. */
export function health(...command: string[]): object {
  return {
    test: ['CMD', ...command],
    interval: '10s',
    timeout: '5s',
    retries: 3,
    start_period: '60s',
    start_interval: '1s',
  };
}
