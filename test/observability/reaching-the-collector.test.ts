import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  type CollectorOptions,
  ConfigType,
  ConfigVariable,
  Database,
  NetworkPeer,
  NodeServiceProject,
  Service,
  ServiceProcess,
  TelemetryBackend,
} from '../../src';
import { synth } from '../support/synth';

const ENDPOINTS = { prod: 'http://otel-collector.monitoring:4317/v1' };
const peer = NetworkPeer.inCluster({ namespace: 'monitoring', podLabels: { app: 'otel' } });

const filesOf = (collector: CollectorOptions) =>
  synth(
    (outdir) =>
      new NodeServiceProject({
        name: 'orders',
        database: Database.NONE,
        example: false,
        observability: { collector },
        outdir,
      }),
  );

/** What the web process may reach in production, beside what it may reach everywhere. */
function reached(collector: CollectorOptions): unknown {
  const policy = filesOf(collector)['k8s/overlays/prod/network-policy-web.yaml'];
  return policy === undefined ? undefined : parse(policy).spec.egress;
}

/** What `observe:check` says is missing. */
const missing = (collector: CollectorOptions): Record<string, string[]> =>
  JSON.parse(filesOf(collector)['tools/observability/facts.json']!).missing;

describe('the collector that a service sends spans to', () => {
  it('is let through in the environments with an endpoint, on the port of that', () => {
    expect(reached({ endpoints: ENDPOINTS, peer })).toEqual([
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
            podSelector: { matchLabels: { app: 'otel' } },
          },
        ],
        ports: [{ protocol: 'TCP', port: 4317 }],
      },
    ]);
    expect(reached({ peer })).toBeUndefined();
  });

  it('is found by the service', () => {
    expect(filesOf({ endpoints: ENDPOINTS, peer })['k8s/overlays/prod/kustomization.yaml']).toContain(
      `OTEL_EXPORTER_OTLP_ENDPOINT=${ENDPOINTS.prod}`,
    );
  });

  it('is found by the development server, as is all else that is declared for it', () => {
    const files = synth((outdir) => {
      const project = new NodeServiceProject({
        name: 'orders',
        database: Database.NONE,
        example: false,
        observability: { collector: { endpoints: { dev: 'http://collector.example.com:4318' } } },
        outdir,
      });
      Service.of(project).state(
        new ConfigVariable('ADMIN_PORT', {
          type: ConfigType.integer(),
          defaultValue: 9464,
          values: { dev: 9500 },
          description: 'A port',
        }),
      );
      Service.of(project).state(
        ServiceProcess.worker('mailer', {
          command: ['node', 'mailer.js'],
          description: 'Sends mail',
          managementPortVariable: 'ADMIN_PORT',
        }),
      );
      return project;
    });
    expect(JSON.parse(files['tools/observability/facts.json']!).dev).toEqual({
      collector: 'http://collector.example.com:4318',
      host: '127.0.0.1',
      managementPort: 9464,
    });
    const [own] = parse(files['observability/prometheus/stack.yaml']!).scrape_configs;
    expect(own.static_configs).toEqual([{ targets: ['mailer:9500', 'web:9464'] }]);
  });

  it('is asked for by k8s:check where there is an endpoint and no place', () => {
    expect(filesOf({ endpoints: ENDPOINTS })['docs/kubernetes.md']).toContain('where on the network otel-collector is');
    expect(filesOf({ endpoints: ENDPOINTS, peer })['docs/kubernetes.md']).not.toContain('where on the network otel');
  });

  it('is asked for by observe:check where traces are expected, in production', () => {
    const traces = [TelemetryBackend.tempo()];
    const asks = expect.arrayContaining([expect.stringContaining('Nothing is traced in prod')]);
    expect(missing({ traces })['prod']).toEqual(asks);
    expect(missing({ traces })['staging']).toEqual([]);
    expect(missing({ tailSampling: {} })['prod']).toEqual(asks);
    expect(missing({ traces, endpoints: ENDPOINTS })['prod']).not.toEqual(asks);
    expect(missing({})['prod']).not.toEqual(asks);
  });

  it.each([
    ['an endpoint that is no address', { endpoints: { prod: 'otel:4318' } }, 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    ['an environment that is not there', { endpoints: { porduction: ENDPOINTS.prod } }, 'porduction'],
    ['a peer that is nowhere', { peer: NetworkPeer.cidr('10.0.0.0') }, '10.0.0.0'],
  ])('refuses %s', (_, collector, named) => {
    expect(() => filesOf(collector)).toThrow(named);
  });
});
