import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '../../scripts/live/server';
import { Server } from './process';

export interface Sample {
  readonly metric: Record<string, string>;
  readonly value: [number, string];
}

export interface PrometheusOptions {
  /** Where it keeps what it scrapes. */
  readonly folder: string;
  /** Host and port of what it scrapes, by job. */
  readonly targets: Record<string, string>;
  /** The files of rules, as a pattern. */
  readonly rules: string;
  /** Host and port of the Alertmanager that it tells. */
  readonly alertmanager: string;
}

/**
 * A Prometheus that scrapes each second, itself as well, and evaluates the rules of a service each second.
 */
export class Prometheus {
  public static async start({ folder, targets, rules, alertmanager }: PrometheusOptions): Promise<Prometheus> {
    const address = `127.0.0.1:${await freePort()}`;
    mkdirSync(folder, { recursive: true });
    const config = join(folder, 'prometheus.yaml');
    writeFileSync(
      config,
      stringify({
        global: {
          scrape_interval: '1s',
          evaluation_interval: '1s',
          // Alerts of other environments are tickets, whatever their severity.
          external_labels: { environment: 'prod' },
        },
        rule_files: [rules],
        alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
        scrape_configs: Object.entries({ ...targets, prometheus: address }).map(([job, target]) => ({
          job_name: job,
          static_configs: [{ targets: [target] }],
        })),
      }),
    );
    const flags = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${folder}/data`,
      '--enable-feature=exemplar-storage',
      `--web.listen-address=${address}`,
      '--rules.alert.resend-delay=5s',
      '--log.level=error',
    ];
    const server = await Server.start('prometheus', flags, `http://${address}/-/ready`);
    return new Prometheus(server, `http://${address}`);
  }

  private constructor(
    private readonly server: Server,
    private readonly url: string,
  ) {}

  /** What a query returns now. */
  public async query(expression: string): Promise<Sample[]> {
    const response = await fetch(`${this.url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const body = (await response.json()) as { data?: { result: Sample[] }; error?: string };
    if (body.data === undefined) {
      throw new Error(`${expression}: ${body.error}`);
    }
    return body.data.result;
  }

  /** Whether a query returns anything now. */
  public async has(expression: string): Promise<boolean> {
    return (await this.query(expression)).length > 0;
  }

  /** The traces that the buckets of a query link to. */
  public async tracesOf(expression: string): Promise<string[]> {
    const range = `start=${Date.now() / 1000 - 600}&end=${Date.now() / 1000 + 60}`;
    const response = await fetch(`${this.url}/api/v1/query_exemplars?query=${encodeURIComponent(expression)}&${range}`);
    const { data } = (await response.json()) as {
      data: Array<{ exemplars: Array<{ labels: Record<string, string> }> }>;
    };
    return data.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels['trace_id']!));
  }

  public stop(): void {
    this.server.stop();
  }
}
