import { ConfigError } from '../config/errors.js';
import { secretValues } from '../config/secret.js';
import { createLogging } from '../logging/logger.js';
import { Redactor } from '../logging/redact.js';
import type { Log } from '../logging/types.js';
import { packageVersion } from '../logging/version.js';
import { type Command, parseCommand, USAGE } from './arguments.js';
import { findBackup, readCatalogue } from './catalogue.js';
import { createBackup } from './create.js';
import { database } from './database.js';
import type { Limits } from './database-interface.js';
import { drillRestore } from './drill.js';
import { AlreadyRunning, Failure, messageOf } from './failure.js';
import { backupFailed, backupSucceeded, drillFailed, drillSucceeded, type Measurement, push } from './metrics.js';
import { differences, restoreBackup } from './restore.js';
import type { BackupConfig, BackupPlan } from './settings.js';
import type { BackupStore } from './store.js';

export type { BackupPlan } from './settings.js';

/** The names that the verbs have as processes of the service, which decides on the secrets they may read. */
const PROCESSES: Readonly<Record<string, string>> = { backup: 'backup', drill: 'restore-drill' };

const CONNECT_TIMEOUT = 10_000;

/** As everywhere: wrong configuration is what no second try mends. */
const EXIT = { done: 0, failed: 1, usage: 2, alreadyRunning: 75, configuration: 78 } as const;

/** Runs one verb and answers the exit code: 0 done, 1 failed, 2 a wrong command, 75 another run is at work, 78 wrong configuration. */
export async function runBackups<Config extends BackupConfig>(
  argv: readonly string[],
  plan: BackupPlan<Config>,
): Promise<number> {
  let command: Command;
  try {
    command = parseCommand(argv);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return EXIT.usage;
  }
  if (command.verb === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return EXIT.done;
  }
  try {
    const config = await plan.loadConfig(PROCESSES[command.verb]);
    const { environment } = config;
    const secrets = [...secretValues(config), ...(command.verb === 'restore' ? [command.to] : [])];
    const { log, flush } = await createLogging({
      service: plan.service,
      version: packageVersion(),
      environment,
      level: 'info',
      redactor: new Redactor(secrets),
    });
    const code = await new Verbs(plan, config, log.child({ process: PROCESSES[command.verb] ?? command.verb })).run(
      command,
    );
    await flush();
    return code;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return error instanceof ConfigError ? EXIT.configuration : EXIT.failed;
  }
}

class Verbs<Config extends BackupConfig> {
  readonly #plan: BackupPlan<Config>;
  readonly #config: Config;
  readonly #log: Log;
  readonly #stopping = new AbortController();

  constructor(plan: BackupPlan<Config>, config: Config, log: Log) {
    this.#plan = plan;
    this.#config = config;
    this.#log = log;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => this.#stopping.abort());
  }

  async run(command: Exclude<Command, { verb: 'help' }>): Promise<number> {
    try {
      switch (command.verb) {
        case 'backup':
          return await this.#measured(() => this.#backup(), backupFailed());
        case 'drill':
          return await this.#measured(() => this.#drill(command.backup), drillFailed());
        case 'restore':
          return await this.#restore(command);
        case 'list':
          return await this.#list();
      }
    } catch (error) {
      if (error instanceof AlreadyRunning) {
        this.#log.warn({ reason: error.message }, 'not started');
        return EXIT.alreadyRunning;
      }
      // What a person can mend needs no stack.
      if (error instanceof Failure) this.#log.fatal({ reason: error.message }, `${command.verb} failed`);
      else this.#log.fatal({ error, reason: messageOf(error) }, `${command.verb} failed`);
      return EXIT.failed;
    }
  }

  async #backup(): Promise<readonly Measurement[]> {
    const begin = performance.now();
    const { service, retention, stores } = this.#plan;
    const { environment, backupRecipients: recipients = [] } = this.#config;
    const manifest = await createBackup({
      ...stores(this.#config),
      database,
      service,
      environment,
      recipients,
      retention,
      url: this.#url(),
      limits: this.#limits(),
      signal: this.#stopping.signal,
      report: (event, details = {}) => this.#log.info(details, event),
    });
    const milliseconds = performance.now() - begin;
    const { id: backup, stored } = manifest;
    this.#log.info({ backup, bytes: stored.bytes, durationMs: Math.round(milliseconds) }, 'backup finished');
    return backupSucceeded(manifest, milliseconds);
  }

  async #drill(backup: string): Promise<readonly Measurement[]> {
    const { backupDrillDatabaseUrl, backupIdentity } = this.#config;
    const { manifest, milliseconds } = await drillRestore({
      database,
      store: this.#store(false),
      backup,
      scratch: backupDrillDatabaseUrl?.reveal(),
      identity: backupIdentity?.reveal(),
      recoveryTime: this.#plan.recoveryTime,
      limits: this.#limits(),
      signal: this.#stopping.signal,
    });
    this.#log.info({ backup: manifest.id, durationMs: Math.round(milliseconds) }, 'restore drill finished');
    return drillSucceeded(new Date(), milliseconds);
  }

  async #list(): Promise<number> {
    const { main, copy } = this.#plan.stores(this.#config);
    for (const store of copy ? [main, copy] : [main]) {
      const { good, damaged } = await readCatalogue(store);
      const lines = [
        ...good.map(
          ({ id, stored, schemaVersion }) => `  ${id}  ${stored.bytes} bytes  at ${schemaVersion ?? 'no migration'}`,
        ),
        ...[...damaged].map(([id, reason]) => `  ${id}  NOT GOOD: ${reason}`),
      ];
      process.stdout.write(`${[store.name, ...(lines.length > 0 ? lines : ['  no backup'])].join('\n')}\n`);
    }
    return EXIT.done;
  }

  async #restore({
    backup,
    to,
    overwrite,
    fromCopy,
    ...given
  }: Extract<Command, { verb: 'restore' }>): Promise<number> {
    const store = this.#store(fromCopy);
    const manifest = await findBackup(store, backup);
    const identity = given.identity ?? this.#config.backupIdentity?.reveal();
    this.#log.info({ backup: manifest.id, target: database.placeOf(to) }, 'restore started');
    const limits = this.#limits();
    const { signal } = this.#stopping;
    const restored = await restoreBackup({ database, store, manifest, to, identity, overwrite, limits, signal });
    const different = differences(manifest, restored);
    if (different.length > 0) throw new Failure(`Backup ${manifest.id} was restored, but ${different.join('; ')}.`);
    this.#log.info({ backup: manifest.id, schemaVersion: restored.schemaVersion }, 'restore finished');
    return EXIT.done;
  }

  /** Says how a run ended, also where it failed; that nobody listens is no reason to fail a good backup. */
  async #measured(run: () => Promise<readonly Measurement[]>, failed: readonly Measurement[]): Promise<number> {
    try {
      await this.#push(await run());
      return EXIT.done;
    } catch (error) {
      // The run that is at work says how it ended.
      if (!(error instanceof AlreadyRunning)) await this.#push(failed);
      throw error;
    }
  }

  async #push(measurements: readonly Measurement[]): Promise<void> {
    const { backupPushgatewayUrl: url } = this.#config;
    if (url === undefined) return;
    await push(url, this.#plan.service, measurements).catch((error: unknown) =>
      this.#log.error({ reason: messageOf(error) }, 'metrics could not be pushed'),
    );
  }

  #store(copy: boolean): BackupStore {
    const stores = this.#plan.stores(this.#config);
    if (!copy) return stores.main;
    if (stores.copy === undefined) throw new Failure('Backups are not copied anywhere, so there is no copy to use.');
    return stores.copy;
  }

  #url(): string {
    const url = this.#config.backupDatabaseUrl ?? this.#config.databaseUrl;
    if (url === undefined) throw new Failure('Neither BACKUP_DATABASE_URL nor DATABASE_URL is set.');
    return url.reveal();
  }

  #limits(): Limits {
    return { connectTimeout: CONNECT_TIMEOUT, lockTimeout: this.#config.backupLockTimeout };
  }
}
