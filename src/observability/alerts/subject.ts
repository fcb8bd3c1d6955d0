import { AlertSeverity, Duration, ProcessKind, type Service, type ServiceProcess } from '../../service';
import { own } from '../selector';

/**
 * The service that alerts are about, in the words they need.
 */
export class Subject {
  public readonly name: string;
  private readonly metrics: ReadonlySet<string>;

  constructor(public readonly service: Service) {
    this.name = service.serviceName;
    this.metrics = new Set(service.metrics.map(({ name }) => name));
  }

  /** Whether somebody states the metric; alerts are only about what is measured. */
  public measures(metric: string): boolean {
    return this.metrics.has(metric);
  }

  /** A selector of the service's own series. */
  public own(series: string, ...matchers: string[]): string {
    return own(series, this.name, ...matchers);
  }

  /** A matcher of the pods of processes, whatever namespace they are in. */
  public get pods(): string {
    return `pod=~"${this.name}-(${this.service.processes.map(({ name }) => name).join('|')})-.*"`;
  }

  /** A matcher of the deployments of the processes that run until told to stop. */
  public get deployments(): string {
    const names = this.service.processes.filter(({ isLongRunning }) => isLongRunning).map(({ name }) => name);
    return `deployment=~"${this.name}-(${names.join('|')})"`;
  }

  public get jobs(): string[] {
    return this.service.processes.filter(({ processKind }) => processKind === ProcessKind.JOB).map(({ name }) => name);
  }

  public get scheduledJobs(): ServiceProcess[] {
    return this.service.processes.filter(({ processKind }) => processKind === ProcessKind.SCHEDULED_JOB);
  }

  /** Whether a process answers requests. */
  public get answers(): boolean {
    return this.service.processes.some(({ processKind }) => processKind === ProcessKind.WEB);
  }
}

/**
 * Of what services share, such as a machine or the collector. Whatever service states the alert, it has these labels, and Alertmanager
 * takes alerts with the same labels for one: thirty services tell of a full disk once, and tell those who run it.
 */
export const SHARED = { labels: { service: 'platform', owner: 'platform' } };

/** A person, now. */
export const page = (pending: Duration) => ({ severity: AlertSeverity.PAGE, pending });

/** A person, in working hours. */
export const ticket = (pending: Duration) => ({ severity: AlertSeverity.TICKET, pending });

export const minutes = (count: number) => Duration.minutes(count);
