import type { Log } from '../logging/types.js';
import { type Command, parseCommand, USAGE } from './arguments.js';
import { findBackup, readCatalogue } from './catalogue.js';
import { runCommand, untilStopped, warn } from './command-line.js';
import { createBackup } from './create.js';
import { database } from './database.js';
import type { Limits } from './database-interface.js';
import { drillRestore } from './drill.js';
import { AlreadyRunning, Failure, messageOf } from './failure.js';
import { backupFailed, backupSucceeded, drillFailed, drillSucceeded, type Measurement, push } from './metrics.js';
import { noteProved } from './proved.js';
import { differences, restoreBackup } from './restore.js';
import type { BackupConfig, BackupPlan } from './settings.js';
import { type BackupStore, openable } from './store.js';

export type { BackupPlan } from './settings.js';

const CONNECT_TIMEOUT = 10_000;

/** Runs one verb and answers the exit code. */
export function runBackups<Config extends BackupConfig>(
  argv: readonly string[],
  plan: BackupPlan<Config>,
): Promise<number> {
  return runCommand<Command, Config>(argv, {
    service: plan.service,
    usage: USAGE,
    parse: parseCommand,
    processes: { backup: 'backup', drill: 'restore-drill' },
    loadConfig: plan.loadConfig,
    secretsOf: (command) => (command.verb === 'restore' ? [command.to] : []),
    run: (command, config, log) => new Verbs(plan, config, log).run(command),
  });
}

class Verbs<Config extends BackupConfig> {
  readonly #plan: BackupPlan<Config>;
  readonly #config: Config;
  readonly #log: Log;
  readonly #signal = untilStopped();

  constructor(plan: BackupPlan<Config>, config: Config, log: Log) {
    this.#plan = plan;
    this.#config = config;
    this.#log = log;
  }

  async run(command: Command): Promise<void> {
    switch (command.verb) {
      case 'backup':
        return this.#measured(() => this.#backup(), backupFailed());
      case 'drill':
        return this.#measured(() => this.#drill(command.backup), drillFailed());
      case 'restore':
        return this.#restore(command);
      case 'list':
        return this.#list();
    }
  }

  async #backup(): Promise<readonly Measurement[]> {
    const begin = performance.now();
    const { service, retention, stores } = this.#plan;
    const { environment, backupRecipients: recipients = [] } = this.#config;
    const { main, copy } = stores(this.#config);
    const manifest = await createBackup({
      main: main(),
      copy: copy?.(),
      database,
      service,
      environment,
      recipients,
      retention,
      url: this.#url(),
      limits: this.#limits(),
      signal: this.#signal,
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
      signal: this.#signal,
    });
    this.#log.info({ backup: manifest.id, durationMs: Math.round(milliseconds) }, 'restore drill finished');
    await noteProved(this.#store(false), manifest.id).catch((error: unknown) => {
      throw new Failure(
        `Backup ${manifest.id} was restored, but that could not be noted in the store (${messageOf(error)}), so nothing keeps it from being removed. The drill needs the right to write restored.json.`,
      );
    });
    return drillSucceeded(new Date(), milliseconds);
  }

  async #list(): Promise<void> {
    for (const store of openable(this.#plan.stores(this.#config), warn)) {
      const { good, damaged } = await readCatalogue(store);
      const lines = [
        ...good.map(
          ({ id, stored, schemaVersion }) => `  ${id}  ${stored.bytes} bytes  at ${schemaVersion ?? 'no migration'}`,
        ),
        ...[...damaged].map(([id, reason]) => `  ${id}  NOT GOOD: ${reason}`),
      ];
      process.stdout.write(`${[store.name, ...(lines.length > 0 ? lines : ['  no backup'])].join('\n')}\n`);
    }
  }

  async #restore({ backup, to, overwrite, fromCopy, ...given }: Extract<Command, { verb: 'restore' }>): Promise<void> {
    const store = this.#store(fromCopy);
    const manifest = await findBackup(store, backup);
    const identity = given.identity ?? this.#config.backupIdentity?.reveal();
    this.#log.info({ backup: manifest.id, target: database.placeOf(to) }, 'restore started');
    const limits = this.#limits();
    const signal = this.#signal;
    const restored = await restoreBackup({ database, store, manifest, to, identity, overwrite, limits, signal });
    const different = differences(manifest, restored);
    if (different.length > 0) throw new Failure(`Backup ${manifest.id} was restored, but ${different.join('; ')}.`);
    this.#log.info({ backup: manifest.id, schemaVersion: restored.schemaVersion }, 'restore finished');
  }

  /** Says how a run ended, also where it failed; that nobody listens is no reason to fail a good backup. */
  async #measured(run: () => Promise<readonly Measurement[]>, failed: readonly Measurement[]): Promise<void> {
    try {
      await this.#push(await run());
    } catch (error) {
      // The run that is at work says how it ended.
      if (!(error instanceof AlreadyRunning)) await this.#push(failed);
      throw error;
    }
  }

  async #push(measurements: readonly Measurement[]): Promise<void> {
    const { backupPushgatewayUrl: url, environment } = this.#config;
    if (url === undefined) return;
    await push(url, { service: this.#plan.service, environment }, measurements).catch((error: unknown) =>
      this.#log.error({ reason: messageOf(error) }, 'metrics could not be pushed'),
    );
  }

  #store(copy: boolean): BackupStore {
    const stores = this.#plan.stores(this.#config);
    if (!copy) return stores.main();
    if (stores.copy === undefined) throw new Failure('Backups are not copied anywhere, so there is no copy to use.');
    return stores.copy();
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
