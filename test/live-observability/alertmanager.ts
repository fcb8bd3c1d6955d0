import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '../../scripts/live/server';
import { Server } from './process';

/** An alert as Alertmanager's API has it. */
export interface ActiveAlert {
  readonly labels: Record<string, string>;
  readonly status: { readonly state: 'active' | 'suppressed' | 'unprocessed'; readonly inhibitedBy: string[] };
}

/** Alertmanager with the configuration of a service. */
export class Alertmanager {
  public static async start(folder: string, config: string): Promise<Alertmanager> {
    const address = `127.0.0.1:${await freePort()}`;
    const flags = [
      `--config.file=${config}`,
      `--storage.path=${folder}`,
      `--web.listen-address=${address}`,
      // One alone has nobody to agree with.
      '--cluster.listen-address=',
      '--log.level=warn',
    ];
    return new Alertmanager(await Server.start('alertmanager', flags, `http://${address}/-/ready`), address);
  }

  private constructor(
    private readonly server: Server,
    /** Its host and port. */
    public readonly address: string,
  ) {}

  /** What it has been told, whether it tells anybody or not. */
  public async alerts(): Promise<ActiveAlert[]> {
    return (await (await fetch(`http://${this.address}/api/v2/alerts`)).json()) as ActiveAlert[];
  }

  public output(): string {
    return this.server.output();
  }

  public stop(): void {
    this.server.stop();
  }
}

/** What a receiver was told about one alert. */
export interface Notification {
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
}

interface Message {
  readonly receiver: string;
  readonly alerts: ReadonlyArray<Omit<Notification, 'receiver'>>;
}

/** Whoever is told: takes what is posted, and remembers it in order. */
export class Receivers {
  public static async start(): Promise<Receivers> {
    const receivers = new Receivers();
    await new Promise<void>((resolve) => receivers.server.listen(0, '127.0.0.1', resolve));
    return receivers;
  }

  public readonly notifications: Notification[] = [];
  /** When the heartbeat came, in milliseconds. */
  public readonly beats: number[] = [];

  private readonly server: HttpServer = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const { receiver, alerts } = JSON.parse(text) as Message;
      // Each receiver of the configuration has an address of its own.
      const who = request.url === `/${receiver}` ? receiver : `${receiver} at ${request.url}`;
      if (receiver === 'heartbeat') {
        this.beats.push(Date.now());
      }
      this.notifications.push(...alerts.map((alert) => ({ ...alert, receiver: who })));
      response.writeHead(200).end();
    });
  });

  /** Where a receiver listens. */
  public urlOf(receiver: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${receiver}`;
  }

  /** What was said about an alert, in order, each time it changed: `page: firing`. */
  public storyOf(alert: string): string[] {
    const said = this.notifications
      .filter(({ labels }) => labels['alertname'] === alert)
      .map(({ receiver, status }) => `${receiver}: ${status}`);
    return said.filter((each, position) => each !== said[position - 1]);
  }

  public stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
