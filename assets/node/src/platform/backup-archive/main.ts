import { once } from 'node:events';
import { runCommand, untilStopped, warn } from '../backup/command-line.js';
import { Failure, messageOf } from '../backup/failure.js';
import { push } from '../backup/metrics.js';
import { type BackupStore, openable } from '../backup/store.js';
import { isLocal } from '../config/sources.js';
import type { Log } from '../logging/types.js';
import { readLog, systemsIn } from './archive.js';
import { type Command, parseCommand, USAGE } from './arguments.js';
import { createBase, readBases } from './base.js';
import { drillRecovery } from './drill.js';
import { baseSucceeded } from './metrics.js';
import { observed } from './observed.js';
import { recover } from './recover.js';
import type { ArchiveConfig, ArchivePlan, Report } from './settings.js';
import { work } from './worker.js';

export type { ArchivePlan } from './settings.js';

const LIMITS = { connectTimeout: 10_000, lockTimeout: 30_000 };

/** Runs one verb and answers the exit code. */
export function runArchive<Config extends ArchiveConfig>(
  argv: readonly string[],
  plan: ArchivePlan<Config>,
): Promise<number> {
  return runCommand<Command, Config>(argv, {
    service: plan.service,
    usage: USAGE,
    parse: parseCommand,
    processes: { archive: 'backup-archive', base: 'base-backup' },
    loadConfig: plan.loadConfig,
    run: (command, config, log) => new Verbs(plan, config, log).run(command),
  });
}

class Verbs<Config extends ArchiveConfig> {
  readonly #plan: ArchivePlan<Config>;
  readonly #config: Config;
  readonly #log: Log;
  readonly #signal = untilStopped();

  constructor(plan: ArchivePlan<Config>, config: Config, log: Log) {
    this.#plan = plan;
    this.#config = config;
    this.#log = log;
  }

  async run(command: Command): Promise<void> {
    switch (command.verb) {
      case 'archive':
        return this.#archive();
      case 'base':
        return this.#base();
      case 'list':
        return this.#list();
      case 'recover':
        return this.#recover(command);
      case 'drill':
        return this.#drill(command);
    }
  }

  async #archive(): Promise<void> {
    const { environment, host, backupArchivePort: port, backupReplicationUrl } = this.#config;
    const { service } = this.#plan;
    const observation = { service, environment, host, port, log: this.#log };
    if (backupReplicationUrl === undefined && isLocal(environment)) {
      this.#log.info('nothing is archived: BACKUP_REPLICATION_URL is not set');
      return observed(observation, () => once(this.#signal, 'abort').then(() => undefined));
    }
    const common = this.#common();
    await observed(observation, (metrics) =>
      work({
        ...common,
        interval: this.#plan.interval,
        metrics,
        complain: (event, details = {}) => this.#log.error(details, event),
      }),
    );
  }

  async #base(): Promise<void> {
    const begin = performance.now();
    const { service, window } = this.#plan;
    const { environment, backupPushgatewayUrl: gateway } = this.#config;
    const damaged: string[] = [];
    const complain = (reason: string) => damaged.push(reason);
    const base = await createBase({ ...this.#common(), service, environment, window, complain });
    const milliseconds = performance.now() - begin;
    const { id, stored } = base;
    this.#log.info({ base: id, bytes: stored.bytes, durationMs: Math.round(milliseconds) }, 'base backup finished');
    if (gateway !== undefined) {
      await push(gateway, { service, environment }, baseSucceeded(base, milliseconds)).catch((error: unknown) =>
        this.#log.error({ reason: messageOf(error) }, 'metrics could not be pushed'),
      );
    }
    if (damaged.length > 0) {
      throw new Failure(
        `Base backup ${id} is good, but nothing old was removed. ${damaged.join(' ')} Put the manifest back from an older version of the object, or remove it together with its archive.`,
      );
    }
  }

  async #list(): Promise<void> {
    for (const store of openable(this.#plan.stores(this.#config), warn)) {
      const lines = [store.name];
      for (const system of await systemsIn(store)) {
        const { good: bases, damaged } = await readBases(store, system);
        const { tails } = await readLog(store, system);
        lines.push(
          `  server ${system}: every moment from ${bases.at(-1)?.finishedAt ?? 'none'} to ${tails.at(-1)?.at.toISOString() ?? 'none'}, where no log is missing`,
          ...damaged.map((reason) => `    NOT GOOD: ${reason}`),
          ...bases.map(({ id, stored, finishedAt }) => `    base ${id}  ${stored.bytes} bytes  from ${finishedAt}`),
        );
      }
      process.stdout.write(`${(lines.length > 1 ? lines : [...lines, '  no archive']).join('\n')}\n`);
    }
  }

  async #recover({ at, into, ...source }: Extract<Command, { verb: 'recover' }>): Promise<void> {
    const { base, segments } = await recover({ at, into, ...this.#source(source) });
    this.#log.info(
      { base: base.id, segments, into },
      'recovery laid out: give the folder to the user of the server, and start it',
    );
  }

  async #drill({ at, ...source }: Extract<Command, { verb: 'drill' }>): Promise<void> {
    const { recoveryTime } = this.#plan;
    const login = decodeURIComponent(new URL(this.#url()).username);
    const { base, milliseconds, rows } = await drillRecovery({
      at,
      ...this.#source(source),
      login,
      recoveryTime,
      limits: LIMITS,
    });
    this.#log.info({ base: base.id, rows, durationMs: Math.round(milliseconds) }, 'recovery drill finished');
  }

  #source({ identity, fromCopy }: { readonly identity: string | undefined; readonly fromCopy: boolean }) {
    const { main, copy } = this.#plan.stores(this.#config);
    const open = fromCopy ? copy : main;
    if (open === undefined) throw new Failure('The archive is not copied anywhere, so there is no copy to use.');
    return {
      store: open(),
      identity: identity ?? this.#config.backupIdentity?.reveal(),
      signal: this.#signal,
      report: this.#report,
    };
  }

  #common() {
    const { environment, backupRecipients: recipients = [] } = this.#config;
    if (recipients.length === 0 && !isLocal(environment)) {
      throw new Failure(
        `An archive of ${environment} would not be encrypted. Set BACKUP_RECIPIENTS to a public key of age, made with age-keygen.`,
      );
    }
    return {
      url: this.#url(),
      slot: `${this.#plan.service}_${environment}_archive`.replace(/[^a-z0-9_]/g, '_'),
      stores: this.#stores(),
      recipients,
      limits: LIMITS,
      signal: this.#signal,
      report: this.#report,
    };
  }

  #stores(): readonly BackupStore[] {
    const { main, copy } = this.#plan.stores(this.#config);
    return copy ? [main(), copy()] : [main()];
  }

  #url(): string {
    const url = this.#config.backupReplicationUrl;
    if (url !== undefined) return url.reveal();
    throw new Failure('BACKUP_REPLICATION_URL is not set. Name the server with a role that may replicate.');
  }

  readonly #report: Report = (event, details = {}) => this.#log.info(details, event);
}
