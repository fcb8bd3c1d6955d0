import type { BackingService } from './backing-service';
import { Fact, FactKind, type FactProps } from './fact';
import { LivenessProbe, ReadinessProbe, StartupProbe } from './probe';
import type { ServiceProblem } from './problem';
import { nameProblems, referenceProblems, textProblems } from './rules';
import type { Service } from './service';
import type { ServiceListener } from './service-listener';
import { Cron } from './values/cron';
import { Duration } from './values/duration';

/**
 * The kinds of process a service runs.
 */
export enum ProcessKind {
  /** Answers requests, until told to stop. */
  WEB = 'web',
  /** Works through what it is given, until told to stop. */
  WORKER = 'worker',
  /** Runs once per release, such as `migrate`. */
  JOB = 'job',
  /** Runs on a schedule, such as `backup`. */
  SCHEDULED_JOB = 'scheduled job',
}

/**
 * What all processes have in common.
 */
export interface ProcessProps extends FactProps {
  /**
   * The program and its arguments, in exec form: no shell reads it.
   */
  readonly command: string[];

  /**
   * What it does, in a few words.
   */
  readonly description: string;

  /**
   * The backing services it talks to, by name; anything else is not reachable from it.
   *
   * @default - all backing services that do not say by which processes they are used
   */
  readonly uses?: string[];

  /**
   * The config variables that no process gets but those that name them here, such as the URL of the database's owner
   * for `migrate`.
   *
   * @default - none of its own
   */
  readonly ownVariables?: string[];

  /**
   * The programs it runs besides the language's own, such as `pg_dump`. What builds its image brings them along.
   *
   * @default - none
   */
  readonly programs?: string[];

  /**
   * How long it may take to stop after TERM before it is killed.
   *
   * @default Duration.seconds(30)
   */
  readonly terminationGrace?: Duration;
}

/**
 * What there is to say about a process that runs until told to stop.
 */
export interface LongRunningProcessProps extends ProcessProps {
  /**
   * The config variable that holds the port of probes and metrics.
   *
   * @default "MANAGEMENT_PORT"
   */
  readonly managementPortVariable?: string;

  /**
   * How many connections to the database one of it opens at most, where it does not use the pool.
   *
   * @default - as many as the pool has, and one for readiness
   */
  readonly databaseConnections?: number;

  /**
   * Whether two of it must never run at the same time, such as one that owns a replication slot. A new version of it starts
   * when the old one has ended.
   *
   * @default false
   */
  readonly singleton?: boolean;

  /**
   * Asks whether to restart it.
   *
   * @default - a {@link LivenessProbe} with its defaults
   */
  readonly livenessProbe?: LivenessProbe;
  /**
   * Asks whether to send it traffic.
   *
   * @default - a {@link ReadinessProbe} with its defaults
   */
  readonly readinessProbe?: ReadinessProbe;
  /**
   * Asks whether it has started.
   *
   * @default - a {@link StartupProbe} with its defaults
   */
  readonly startupProbe?: StartupProbe;
}

/**
 * What there is to say about a process that answers requests.
 */
export interface WebProcessProps extends LongRunningProcessProps {
  /**
   * The config variable that holds the public port.
   *
   * @default "PORT"
   */
  readonly portVariable?: string;
}

/**
 * What there is to say about a process that ends by itself.
 */
export interface JobProps extends ProcessProps {
  /**
   * How long it may run before it counts as failed.
   *
   * @default Duration.minutes(10)
   */
  readonly deadline?: Duration;
}

/**
 * What there is to say about a process that runs on a schedule.
 */
export interface ScheduledJobProps extends JobProps {
  /**
   * When it runs, in UTC.
   */
  readonly schedule: Cron;
}

interface AnyProcessProps extends WebProcessProps, JobProps {
  readonly schedule?: Cron;
}

/**
 * Something the service runs: one image, one command.
 *
 * @example
 * service.state(ServiceProcess.worker('mailer', { command: ['node', 'dist/mailer.js'], description: 'Sends mail' }));
 * service.state(ServiceProcess.scheduledJob('cleanup', {
 *   schedule: Cron.daily(),
 *   command: ['node', 'dist/cleanup.js'],
 *   description: 'Deletes expired idempotency keys',
 * }));
 */
export class ServiceProcess extends Fact {
  /** A process that answers requests. */
  public static web(name: string, props: WebProcessProps): ServiceProcess {
    return new ServiceProcess(ProcessKind.WEB, name, props);
  }

  /** A process that works until told to stop; probes and metrics are on its management port. */
  public static worker(name: string, props: LongRunningProcessProps): ServiceProcess {
    return new ServiceProcess(ProcessKind.WORKER, name, props);
  }

  /** A process that runs once per release. */
  public static job(name: string, props: JobProps): ServiceProcess {
    return new ServiceProcess(ProcessKind.JOB, name, props);
  }

  /** A process that runs on a schedule. */
  public static scheduledJob(name: string, props: ScheduledJobProps): ServiceProcess {
    return new ServiceProcess(ProcessKind.SCHEDULED_JOB, name, props);
  }

  /** What kind of process it is. */
  public readonly processKind: ProcessKind;
  /** The program and its arguments. */
  public readonly command: string[];
  /** What it does. */
  public readonly description: string;
  /** The backing services it talks to; undefined means all. */
  public readonly uses?: string[];
  /** The config variables only this process gets. */
  public readonly ownVariables: string[];
  /** The programs it runs besides the language's own. */
  public readonly programs: string[];
  /** How long it may take to stop. */
  public readonly terminationGrace: Duration;
  /** The config variable of the public port; only a web process has one. */
  public readonly portVariable?: string;
  /** The config variable of the port of probes and metrics; only long-running processes have one. */
  public readonly managementPortVariable?: string;
  /** How many connections to the database one of it opens; undefined where it uses the pool. */
  public readonly databaseConnections?: number;
  /** Whether two of it must never run at the same time. */
  public readonly singleton: boolean;
  /** Asks whether to restart it; only long-running processes have one. */
  public readonly livenessProbe?: LivenessProbe;
  /** Asks whether to send it traffic; only long-running processes have one. */
  public readonly readinessProbe?: ReadinessProbe;
  /** Asks whether it has started; only long-running processes have one. */
  public readonly startupProbe?: StartupProbe;
  /** How long it may run; only jobs have one. */
  public readonly deadline?: Duration;
  /** When it runs; only scheduled jobs have one. */
  public readonly schedule?: Cron;

  private constructor(processKind: ProcessKind, name: string, props: AnyProcessProps) {
    super(FactKind.PROCESS, name, props);
    this.processKind = processKind;
    this.command = props.command;
    this.description = props.description;
    this.uses = props.uses;
    this.ownVariables = props.ownVariables ?? [];
    this.programs = props.programs ?? [];
    this.terminationGrace = props.terminationGrace ?? Duration.seconds(30);
    this.singleton = props.singleton ?? false;
    if (processKind === ProcessKind.WEB) {
      this.portVariable = props.portVariable ?? 'PORT';
    }
    if (this.isLongRunning) {
      this.managementPortVariable = props.managementPortVariable ?? 'MANAGEMENT_PORT';
      this.databaseConnections = props.databaseConnections;
      this.livenessProbe = props.livenessProbe ?? new LivenessProbe();
      this.readinessProbe = props.readinessProbe ?? new ReadinessProbe();
      this.startupProbe = props.startupProbe ?? new StartupProbe();
    } else {
      this.deadline = props.deadline ?? Duration.minutes(10);
      this.schedule = props.schedule;
    }
  }

  /**
   * Whether it connects to a backing service.
   */
  public talksTo(backingService: BackingService): boolean {
    const { name, usedBy } = backingService;
    return (this.uses?.includes(name) ?? true) && (usedBy?.includes(this.name) ?? true);
  }

  /**
   * Whether it runs until told to stop.
   */
  public get isLongRunning(): boolean {
    return this.processKind === ProcessKind.WEB || this.processKind === ProcessKind.WORKER;
  }

  public problems(service: Service): ServiceProblem[] {
    const problems = [...nameProblems(this, 31, 'mailer'), ...textProblems(this, { description: this.description })];
    if (this.command.length === 0 || this.command.some((word) => word === '')) {
      problems.push({
        place: this.place,
        message: 'has an empty command, or an empty word in it',
        value: this.command,
        fix: 'give the program and its arguments as one word each',
      });
    }
    for (const used of this.uses ?? []) {
      problems.push(...referenceProblems(this, 'backing service', used, service.backingServices));
      const other = service.backingServices.find(
        ({ name, usedBy }) => name === used && usedBy?.includes(this.name) === false,
      );
      if (other !== undefined) {
        problems.push({
          place: this.place,
          message: `uses ${other.place}, which only ${other.usedBy?.join(', ')} may use`,
          fix: `drop it from uses, or add ${this.name} to usedBy`,
        });
      }
    }
    for (const variable of [...this.ownVariables, this.portVariable, this.managementPortVariable]) {
      if (variable !== undefined) {
        problems.push(...referenceProblems(this, 'config variable', variable, service.configVariables));
      }
    }
    for (const probe of [this.livenessProbe, this.readinessProbe, this.startupProbe]) {
      const flaw = probe?.flaw();
      if (probe !== undefined && flaw !== undefined) {
        problems.push({ place: `${this.place}, probe ${probe.path}`, message: flaw, fix: 'correct its timing' });
      }
    }
    if (this.processKind === ProcessKind.SCHEDULED_JOB && !(this.schedule instanceof Cron)) {
      problems.push({
        place: this.place,
        message: 'has a schedule that is no Cron',
        value: this.schedule,
        fix: "write one such as Cron.daily() or Cron.parse('0 4 * * *')",
      });
    }
    if (this.deadline?.toMillis() === 0) {
      problems.push({ place: this.place, message: 'has no time to run', fix: 'give a deadline above zero' });
    }
    return problems;
  }

  /** @internal */
  public _announce(listener: ServiceListener): void {
    listener.processStated(this);
  }
}
