import { baseImage, reference } from '../../files';
import type { Duration, Service } from '../../service';
import type { Retention } from '../retention';

/** How much room the metrics may take on a developer's machine, however long they are kept. */
const MOST_METRICS = '5GB';

function prometheusFlags(kept: Duration): string[] {
  return [
    '--storage.tsdb.path=/prometheus',
    `--storage.tsdb.retention.time=${kept}`,
    `--storage.tsdb.retention.size=${MOST_METRICS}`,
    '--enable-feature=exemplar-storage',
  ];
}

/**
 * What looks at the service on a developer's machine. The service itself runs outside: `npx projen dev`.
 *
 * Ports are on the loopback only, and nothing has a password: it is not for anywhere else.
 */
export function composeFile({ serviceName }: Service, { metrics }: Retention, collector: string): object {
  return {
    name: `${serviceName}-observability`,
    services: {
      prometheus: container('prometheus', {
        command: ['--config.file=/etc/prometheus/prometheus.yaml', ...prometheusFlags(metrics)],
        volumes: ['./prometheus:/etc/prometheus:ro', 'prometheus:/prometheus'],
        ports: ['127.0.0.1:9090:9090'],
        extra_hosts: ['host.docker.internal:host-gateway'],
        healthcheck: asked('wget', 'http://127.0.0.1:9090/-/ready'),
      }),
      alertmanager: container('alertmanager', {
        command: ['--config.file=/etc/alertmanager/alertmanager.yaml', '--storage.path=/alertmanager'],
        volumes: ['./alertmanager:/etc/alertmanager:ro', 'alertmanager:/alertmanager'],
        ports: ['127.0.0.1:9093:9093'],
        healthcheck: asked('wget', 'http://127.0.0.1:9093/-/ready'),
      }),
      'otel-collector': container('otel-collector', {
        command: [`--config=/etc/otelcol/${collector}`],
        environment: { EXPORT_INSECURE: 'true' },
        volumes: ['./collector:/etc/otelcol:ro'],
        ports: ['127.0.0.1:4317:4317', '127.0.0.1:4318:4318'],
      }),
      loki: container('loki', {
        command: ['-config.file=/etc/loki/loki.yaml'],
        volumes: ['./loki:/etc/loki:ro', 'loki:/loki'],
        healthcheck: asked('/busybox/wget', 'http://127.0.0.1:3100/ready'),
      }),
      tempo: container('tempo', {
        command: ['-config.file=/etc/tempo/tempo.yaml'],
        volumes: ['./tempo:/etc/tempo:ro', 'tempo:/var/tempo'],
        healthcheck: asked('/busybox/wget', 'http://127.0.0.1:3200/ready'),
      }),
      grafana: container('grafana', {
        environment: {
          GF_AUTH_ANONYMOUS_ENABLED: 'true',
          GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
          GF_ANALYTICS_REPORTING_ENABLED: 'false',
          GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
        },
        volumes: [
          './grafana/provisioning:/etc/grafana/provisioning:ro',
          './grafana/dashboards:/etc/grafana/dashboards:ro',
          'grafana:/var/lib/grafana',
        ],
        ports: ['127.0.0.1:3001:3000'],
        tmpfs: ['/tmp'],
        healthcheck: asked('wget', 'http://127.0.0.1:3000/api/health'),
      }),
    },
    volumes: { alertmanager: {}, grafana: {}, loki: {}, prometheus: {}, tempo: {} },
  };
}

/** The profile and the network of what looks at the service, where both are one stack. */
export const PROFILE = 'observability';

/**
 * What is different beside the service's own containers: a profile switches all of it on, and Prometheus asks the processes themselves.
 */
export function stackFile(service: Service, retention: Retention): object {
  const { services } = composeFile(service, retention, 'collector.yaml') as { services: Record<string, object> };
  const own: Record<string, object> = {
    prometheus: {
      command: ['--config.file=/etc/prometheus/stack.yaml', ...prometheusFlags(retention.metrics)],
      networks: MEETING,
    },
    'otel-collector': { networks: MEETING },
  };
  return {
    services: Object.fromEntries(Object.keys(services).map((name) => [name, { profiles: [PROFILE], ...own[name] }])),
    networks: { [PROFILE]: {} },
  };
}

/** Among themselves as ever, and with the processes of the service. */
const MEETING = ['default', PROFILE];

function container(image: string, more: object): object {
  return {
    image: reference(baseImage(image)),
    ...more,
    restart: 'unless-stopped',
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    pids_limit: 512,
  };
}

/**
 * A health check by a program of the image itself: BusyBox's wget in those of Prometheus, Alertmanager and Grafana, and, in a folder of
 * its own, in those of Loki up to 3.5 and of Tempo up to 2.8. Later ones have only themselves to ask with: `loki -health`, `tempo --health`.
 */
function asked(wget: string, url: string): object {
  return {
    test: ['CMD', wget, '-q', '-O', '/dev/null', url],
    interval: '10s',
    timeout: '5s',
    retries: 3,
    // Loki and Tempo call themselves ready 15 s after they are.
    start_period: '60s',
    start_interval: '1s',
  };
}

/** Says in the file why one container has no health check. */
export function explained(yaml: string): string {
  return yaml.replace(
    /^( +)(image: \S*opentelemetry-collector\S*)$/m,
    '$1# No health check: the image holds one program, which cannot ask another\n$1$2',
  );
}
