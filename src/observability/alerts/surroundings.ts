import { own } from '../selector';
import type { AlertSpec } from './alert-spec';
import { counter, gauge, missing } from './samples';
import { minutes, page, SHARED, type Subject, ticket } from './subject';

const DAY = 86_400;

const CERTIFICATE = 'probe_ssl_earliest_cert_expiry';

/** What is around the service: certificates, machines, servers of others. */
export function surroundingAlerts(subject: Subject): AlertSpec[] {
  return [
    ...(subject.answers && subject.measures(CERTIFICATE) ? certificate(subject) : []),
    ...(subject.measures('node_filesystem_avail_bytes') ? [disk(), network()] : []),
    ...(subject.measures('pg_settings_max_connections') ? [connections()] : []),
    ...(subject.measures('redis_memory_max_bytes') ? [cacheMemory()] : []),
    ...(subject.measures('backup_last_success_timestamp_seconds') ? [backup(subject)] : []),
  ];
}

function certificate(subject: Subject): AlertSpec[] {
  // The job of a probe is not that of the service: as long as it is probed, `up` would be 1.
  const probed = (series: string, ...matchers: string[]) => own(series, `${subject.name}-probe`, ...matchers);
  const left = `min by (instance) (${probed(CERTIFICATE)}) - time()`;
  const url = 'https://orders.example.com/health';
  const runbook = {
    name: 'certificate-expiry',
    title: 'A certificate is about to expire',
    meaning:
      'The certificate that the service shows, or one above it in the chain, expires soon: renewal does not work.',
    impact: 'When it has expired, no client connects any more.',
    diagnosis: [
      { question: 'How many days are left?', query: `(${left}) / ${DAY}` },
      { question: 'Who renews it, and what does it log? In Kubernetes: `kubectl describe certificate`.' },
    ],
    mitigation: ['Renew it by hand.', 'Then find out why nobody was told that the renewal failed.'],
  };
  const scenario = (days: number) => ({
    series: {
      [probed(CERTIFICATE, `instance="${url}"`)]: gauge([30 * DAY, 60], [days * DAY, 120], [90 * DAY, 60]),
    },
    quietAt: 50,
    firesAt: 170,
    resolvedAt: 200,
    labels: { instance: url },
  });
  return [
    {
      name: 'CertificateExpiresSoon',
      ...ticket(minutes(60)),
      summary: `${subject.name}: the certificate of {{ $labels.instance }} expires within 14 days`,
      description: 'It should have been renewed by now. When it has expired, no client connects any more.',
      expression: `${left} < 14 * ${DAY}`,
      runbook,
      scenario: scenario(7),
    },
    {
      name: 'CertificateExpiresNow',
      ...page(minutes(1)),
      summary: `${subject.name}: the certificate of {{ $labels.instance }} expires within 2 days`,
      description: 'Nobody has renewed it. When it has expired, no client connects any more.',
      expression: `${left} < 2 * ${DAY}`,
      runbook,
      scenario: scenario(1),
    },
    {
      name: 'CertificateUnwatched',
      ...ticket(minutes(60)),
      summary: `${subject.name}: nobody looks at its certificate`,
      description:
        'For an hour, nothing has asked the service from outside. Its certificate may expire, and no alert would say so.',
      expression: `absent(${probed(CERTIFICATE)}) == 1`,
      runbook: {
        name: 'certificate-unwatched',
        title: 'Nobody looks at the certificate',
        meaning: `Prometheus has no job \`${subject.name}-probe\`, by which a blackbox exporter asks the service from outside, or that job gets no certificate.`,
        impact:
          'None yet. When renewal of the certificate fails, nobody is told before clients are; nor is there anything that sees the service as its callers do.',
        diagnosis: [
          {
            question:
              'Is the service asked, and does it answer? 0 is also what a service without a route `/` gives to a probe that asks for it; its certificate is seen all the same.',
            query: probed('probe_success'),
          },
          { question: 'Does Prometheus reach the exporter?', query: probed('up') },
        ],
        mitigation: [
          `In Kubernetes with Prometheus's operator: \`kubernetes.prometheusOperator.prober\` in \`.projenrc.ts\`, such as \`blackbox-exporter.monitoring:9115\`, makes the \`Probe\`.`,
          `Elsewhere, scrape a blackbox exporter with the job \`${subject.name}-probe\` and the address of the service as target.`,
          'If the service has no certificate of its own, leave `ExternalMetrics.BLACKBOX` out of `observability.externalMetrics`; the alerts go with it.',
        ],
      },
      scenario: {
        series: {
          [probed(CERTIFICATE, `instance="${url}"`)]:
            `${gauge([90 * DAY, 10])} ${missing(80)} ${gauge([90 * DAY, 20])}`,
        },
        quietAt: 60,
        firesAt: 85,
        resolvedAt: 95,
        labels: { job: `${subject.name}-probe` },
        firesWithoutData: true,
      },
    },
  ];
}

function disk(): AlertSpec {
  const real = 'fstype!~"tmpfs|overlay|squashfs"';
  const labels = { instance: 'node-1:9100', mountpoint: '/var' };
  return {
    name: 'HostDiskFillsUp',
    ...SHARED,
    ...ticket(minutes(30)),
    summary: 'platform: {{ $labels.mountpoint }} of {{ $labels.instance }} is nearly full',
    description: 'Less than 10 % of a disk is free.',
    expression: `min by (instance, mountpoint) (node_filesystem_avail_bytes{${real}} / node_filesystem_size_bytes{${real}}) < 0.1`,
    runbook: {
      name: 'host-disk',
      title: 'A disk of a machine is nearly full',
      meaning: 'Less than 10 % of a file system is free.',
      impact: 'What writes there fails when it is full; Kubernetes evicts pods before that.',
      diagnosis: [
        { question: 'How fast does it fill?', query: `deriv(node_filesystem_avail_bytes{${real}}[6h])` },
        { question: 'What is on it? `du -x -d 2` from its mount point.' },
      ],
      mitigation: ['Delete what is not needed: old images, logs, core dumps.', 'Make it larger.'],
    },
    scenario: {
      series: {
        'node_filesystem_avail_bytes{device="sda1", fstype="ext4", instance="node-1:9100", mountpoint="/var"}': gauge(
          [50, 60],
          [5, 60],
          [50, 60],
        ),
        'node_filesystem_size_bytes{device="sda1", fstype="ext4", instance="node-1:9100", mountpoint="/var"}': gauge([
          100, 180,
        ]),
      },
      quietAt: 50,
      firesAt: 110,
      resolvedAt: 150,
      labels,
    },
  };
}

function network(): AlertSpec {
  const errors = (direction: string) => `rate(node_network_${direction}_errs_total[5m])`;
  return {
    name: 'HostNetworkErrors',
    ...SHARED,
    ...ticket(minutes(30)),
    summary: 'platform: {{ $labels.device }} of {{ $labels.instance }} loses packets',
    description: 'A network device has had more than ten errors a second for half an hour.',
    expression: `sum by (instance, device) (${errors('receive')} + ${errors('transmit')}) > 10`,
    runbook: {
      name: 'host-network',
      title: 'A network device loses packets',
      meaning: 'A network device of a machine reports errors.',
      impact: 'Connections through that machine are slow and break.',
      diagnosis: [
        { question: 'Which device, in which direction?', query: `sum by (instance, device) (${errors('receive')})` },
      ],
      mitigation: ['Take the machine out of service, and replace it.'],
    },
    scenario: {
      series: {
        'node_network_receive_errs_total{device="eth0", instance="node-1:9100"}': counter([0, 60], [1200, 60], [0, 60]),
        'node_network_transmit_errs_total{device="eth0", instance="node-1:9100"}': counter([0, 180]),
      },
      quietAt: 50,
      firesAt: 110,
      resolvedAt: 150,
      labels: { device: 'eth0', instance: 'node-1:9100' },
    },
  };
}

function connections(): AlertSpec {
  const used = 'sum by (instance) (pg_stat_activity_count)';
  return {
    name: 'DatabaseConnectionsNearLimit',
    ...SHARED,
    ...ticket(minutes(5)),
    dashboard: 'Database',
    summary: 'platform: the PostgreSQL server {{ $labels.instance }} runs out of connections',
    description: 'More than 85 % of the connections that the server takes are in use, by all its clients together.',
    expression: `${used} / max by (instance) (pg_settings_max_connections) > 0.85`,
    runbook: {
      name: 'database-connections',
      title: 'The database server runs out of connections',
      meaning: 'More than 85 % of `max_connections` are in use.',
      impact: 'When all are in use, new processes do not become ready and pools cannot grow.',
      diagnosis: [
        { question: 'What do they do?', query: 'sum by (instance, state) (pg_stat_activity_count)' },
        { question: 'Whose are they?', query: 'sum by (instance, datname, usename) (pg_stat_activity_count)' },
      ],
      mitigation: [
        'End connections that are idle in a transaction.',
        'Lower `DATABASE_POOL_SIZE`, or put PgBouncer in between.',
      ],
    },
    scenario: {
      series: {
        'pg_stat_activity_count{datname="orders", instance="db-1:9187", state="active"}': gauge(
          [10, 20],
          [95, 20],
          [10, 20],
        ),
        'pg_settings_max_connections{instance="db-1:9187"}': gauge([100, 60]),
      },
      quietAt: 19,
      firesAt: 35,
      resolvedAt: 50,
      labels: { instance: 'db-1:9187' },
    },
  };
}

function cacheMemory(): AlertSpec {
  const share = 'max by (instance) (redis_memory_used_bytes) / (max by (instance) (redis_memory_max_bytes) > 0)';
  return {
    name: 'CacheMemoryNearLimit',
    ...SHARED,
    ...ticket(minutes(15)),
    summary: 'platform: the Redis server {{ $labels.instance }} is nearly full',
    description: 'More than 90 % of the memory of the cache is in use; then it gives up keys or refuses writes.',
    expression: `${share} > 0.9`,
    runbook: {
      name: 'cache-memory',
      title: 'The cache is nearly full',
      meaning: 'More than 90 % of `maxmemory` is in use.',
      impact: 'Depending on its policy, the cache gives up keys that are still wanted, or refuses writes.',
      diagnosis: [
        { question: 'Are keys given up?', query: 'sum by (instance) (rate(redis_evicted_keys_total[5m]))' },
        {
          question: 'Are keys still found?',
          query:
            'sum by (instance) (rate(redis_keyspace_hits_total[5m])) / (sum by (instance) (rate(redis_keyspace_hits_total[5m])) + sum by (instance) (rate(redis_keyspace_misses_total[5m])))',
        },
      ],
      mitigation: ['Look for keys without an expiry.', 'Give it more memory.'],
    },
    scenario: {
      series: {
        'redis_memory_used_bytes{instance="cache-1:9121"}': gauge([10, 20], [95, 40], [10, 20]),
        'redis_memory_max_bytes{instance="cache-1:9121"}': gauge([100, 80]),
      },
      quietAt: 19,
      firesAt: 50,
      resolvedAt: 70,
      labels: { instance: 'cache-1:9121' },
    },
  };
}

function backup(subject: Subject): AlertSpec {
  const age = `time() - max(${subject.own('backup_last_success_timestamp_seconds')})`;
  return {
    name: 'BackupStale',
    ...ticket(minutes(30)),
    dashboard: 'Database',
    summary: `${subject.name}: there has been no backup for more than 26 hours`,
    description: 'The last backup that succeeded is older than a day. What is lost now is lost since then.',
    expression: `${age} > 26 * 3600`,
    runbook: {
      name: 'backup-stale',
      title: 'The last backup is too old',
      meaning: 'No backup has succeeded for more than 26 hours.',
      impact: 'If the database is lost now, all that was written since the last backup is lost with it.',
      diagnosis: [
        { question: 'How old is it, in hours?', query: `(${age}) / 3600` },
        { question: 'Did the backup run, and how did it end? Read its log.' },
      ],
      mitigation: [
        'Run a backup by hand, and see that the age falls to zero.',
        'Then correct what kept the schedule from doing it.',
      ],
    },
    scenario: {
      series: {
        [subject.own('backup_last_success_timestamp_seconds', 'instance="10.0.0.1:9464"')]: gauge(
          [-25 * 3600, 240],
          [14_400, 60],
        ),
      },
      quietAt: 50,
      firesAt: 120,
      resolvedAt: 290,
    },
  };
}
