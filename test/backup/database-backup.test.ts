import { readFileSync } from 'node:fs';
import { javascript } from 'projen';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  AlertSeverity,
  BackupSource,
  BackupStore,
  ConfigState,
  Database,
  DatabaseBackup,
  type DatabaseBackupOptions,
  Duration,
  NetworkPeer,
  NodeServiceProject,
  type NodeServiceProjectOptions,
  PointInTimeRecovery,
  Service,
  WorkloadIdentity,
} from '../../src';
import { PLAIN } from '../support/host';
import { inFolder, synth } from '../support/synth';

function stated(options: DatabaseBackupOptions = {}): Service {
  return inFolder((outdir) => {
    const project = new javascript.NodeProject({ ...PLAIN, outdir });
    new DatabaseBackup(project, options);
    return Service.of(project);
  });
}

function problemsOf(options: object) {
  return inFolder((outdir) => new NodeServiceProject({ name: 'orders', backup: options, outdir }).service.problems());
}

describe('backups', () => {
  it('are two scheduled processes, each with what it needs and no more', () => {
    const { processes } = stated();
    const [backup, drill] = ['backup', 'restore-drill'].map(
      (name) => processes.find((process) => process.name === name)!,
    );
    expect(backup!.schedule?.expression).toBe('*/30 * * * *');
    expect(backup!.programs).toEqual(['pg_dump', 'pg_restore']);
    expect(backup!.ownVariables).not.toContain('BACKUP_IDENTITY');
    expect(drill!.ownVariables).not.toContain('BACKUP_DATABASE_URL');
    expect(drill!.uses).not.toContain('postgresql');
    expect(drill!.deadline?.toString()).toBe(Duration.hours(4).toString());
  });

  it('reach the store, and no other process does', () => {
    inFolder((outdir) => {
      const { service } = new NodeServiceProject({ name: 'orders', outdir });
      const edges = service.networkEdges.filter(({ backingService }) => backingService === 'backup-store');
      expect(edges.map(({ process }) => process)).toEqual(['backup', 'restore-drill']);
    });
  });

  it('keep every secret of theirs out of every other process', () => {
    inFolder((outdir) => {
      const { service } = new NodeServiceProject({ name: 'orders', outdir });
      const web = service.processes.find(({ name }) => name === 'web')!;
      expect(service.variablesOf(web).filter(({ name }) => name.startsWith('BACKUP_'))).toEqual([]);
    });
  });

  it('give the key that decrypts to the drill alone, and ask for it wherever the service is deployed', () => {
    inFolder((outdir) => {
      const { service } = new NodeServiceProject({ name: 'orders', outdir });
      const identity = service.tryFindConfigVariable('BACKUP_IDENTITY')!;
      expect(['dev', 'test', 'staging', 'prod'].map((name) => service.configState(identity, name))).toEqual([
        ConfigState.ABSENT,
        ConfigState.ABSENT,
        ConfigState.REFERENCED,
        ConfigState.REFERENCED,
      ]);
      const given = service.processes.filter((process) => service.variablesOf(process).includes(identity));
      expect(given.map(({ name }) => name)).toEqual(['restore-drill']);
    });
  });

  it.each([
    [true, ConfigState.MISSING],
    [false, ConfigState.ABSENT],
  ])('ask for a Pushgateway where something measures the service: %s', (enabled, state) => {
    inFolder((outdir) => {
      const { service } = new NodeServiceProject({ name: 'orders', observability: { enabled }, outdir });
      const gateway = service.tryFindConfigVariable('BACKUP_PUSHGATEWAY_URL')!;
      expect(service.configState(gateway, 'prod')).toBe(state);
      expect(service.configState(gateway, 'dev')).toBe(ConfigState.ABSENT);
    });
  });

  it('say how metrics and optional secrets reach who needs them', () => {
    const service = stated();
    const text = service.guides.find(({ name }) => name === 'backups')?.text?.render(service);
    expect(text).toContain('honor_labels: true');
    expect(text).toContain('optionalSecrets');
  });

  it('notice a drill that has never run', () => {
    const stale = stated().alerts.find(({ name }) => name === 'RestoreDrillStale')!;
    expect(stale.expression).toContain('or absent(backup_drill_last_success_timestamp_seconds{');
    expect(stale.test?.firesWithoutData).toBe(true);
  });

  it('notice an environment that has never pushed beside one that does, and none that does not push at all', () => {
    const stale = (options: DatabaseBackupOptions) =>
      stated(options).alerts.find(({ name }) => name === 'BackupStale')!.expression;
    expect(stale({})).toContain('{job="orders", environment!~"dev|test"}) unless on (job, environment) backup_last');
    const environments = { prod: { pushgatewayUrl: 'http://pushgateway.monitoring:9091' }, staging: {} };
    expect(stale({ pushMetrics: false, environments })).toContain('environment=~"prod"}) unless on (job, environment)');
  });

  it('reach a store of S3 on the port of its endpoint', () => {
    const ports = (options: DatabaseBackupOptions) =>
      Object.fromEntries(
        stated(options)
          .backingServices.filter(({ name }) => name.startsWith('backup-'))
          .map(({ name, port }) => [name, port]),
      );
    const s3 = (endpoint?: string) => BackupStore.s3({ region: 'eu-west-1', endpoint });
    expect(ports({ store: s3('http://minio:9000'), copyTo: s3() })).toEqual({
      'backup-store': 9000,
      'backup-copy': 443,
    });
    expect(ports({ store: s3('http://minio') })).toEqual({ 'backup-store': 80 });
  });

  it('come back by commands that say which environment they mean', () => {
    const service = stated({ pointInTime: PointInTimeRecovery.archive() });
    for (const page of ['restore-a-backup', 'restore-a-moment']) {
      const text = service.guides.find(({ name }) => name === page)?.text?.render(service);
      expect(text).toContain('export APP_ENV=<environment> BACKUP_STORE_URL=');
      expect(text).not.toContain('npx projen db:');
    }
  });

  it('have a runbook behind each alert', () => {
    const { alerts, guides } = stated();
    const names = guides.map(({ name }) => name);
    expect(alerts.length).toBeGreaterThan(4);
    expect(alerts.filter(({ runbook }) => !names.includes(runbook))).toEqual([]);
  });

  it('alert by the RPO, the RTO and the drill that were promised', () => {
    const { alerts } = stated({ rpo: Duration.hours(6), rto: Duration.hours(1) });
    const expression = (name: string) => alerts.find((alert) => alert.name === name)?.expression;
    expect(expression('BackupStale')).toContain('> 21600');
    expect(expression('RestoreSlow')).toContain('> 2880');
  });

  it('need nothing more for a composed service', () => {
    expect(problemsOf({})).toEqual([]);
  });

  it('report everything that is wrong with their options at once', () => {
    const problems = problemsOf({
      rpo: Duration.minutes(1),
      retention: { atLeast: 0, days: 1.5 },
      store: BackupStore.s3({ region: 'Europe' }),
      copyTo: BackupStore.s3({ region: 'eu-west-1', endpoint: 'https://user:password@minio' }),
    });
    expect(problems.map(({ place }) => place).sort()).toEqual([
      'backup.copyTo',
      'backup.retention.atLeast',
      'backup.retention.days',
      'backup.rpo',
      'backup.store',
    ]);
    expect(JSON.stringify(problems)).not.toContain('user:password');
  });

  it.each([
    [BackupSource.POSTGRESQL, 'pg'],
    [BackupSource.MYSQL, 'mariadb'],
    [BackupSource.SQLITE, 'libsql'],
  ])('of %s come with the client that dumps it', (source, dependency) => {
    expect(stated({ source }).project.deps.tryGetDependency(dependency)).toBeDefined();
  });

  it('are copied to a second place only where that is asked for', () => {
    const entry = (options: DatabaseBackupOptions) =>
      synth((outdir) => new NodeServiceProject({ name: 'orders', backup: options, outdir }))['src/platform/backup.ts'];
    expect(entry({})).not.toContain('copy:');
    expect(entry({ copyTo: BackupStore.googleCloudStorage() })).toContain('open: googleBuckets(config)');
  });

  it.each([
    [BackupStore.s3({ region: 'eu-west-1' }), 'aws-sdk/client-s3', 'BACKUP_S3_SECRET_ACCESS_KEY', 's3'],
    [BackupStore.azureBlobStorage(), 'azure/storage-blob', 'BACKUP_AZURE_ACCOUNT_KEY', 'https'],
    [BackupStore.googleCloudStorage(), 'google-cloud/storage', 'BACKUP_GOOGLE_CREDENTIALS', 'gs'],
  ])(
    'come with the client, the secrets and the URLs of the store that was chosen, and of no other',
    (store, client, secret, scheme) => {
      const service = stated({ store });
      const clients = service.project.deps.all.map(({ name }) => name).filter((name) => /aws|azure|google/.test(name));
      expect(clients).toContain(`@${client}`);
      expect(new Set(clients.map((name) => name.slice(0, 5))).size).toBe(1);
      const secrets = service.configVariables.map(({ name }) => name).filter((name) => /S3|AZURE|GOOGLE/.test(name));
      expect(secrets).toContain(secret);
      expect(secrets.every((name) => name.startsWith(secret.split('_').slice(0, 2).join('_')))).toBe(true);
      expect(service.processes.find(({ name }) => name === 'backup')?.ownVariables).toContain(secret);
      expect(service.tryFindConfigVariable('BACKUP_STORE_URL')?.type.constraints['schemes']).toContain(scheme);
    },
  );

  describe('of a server behind a pooler', () => {
    const pointInTime = PointInTimeRecovery.archive();
    const service = (options: Partial<NodeServiceProjectOptions>) =>
      inFolder((outdir) => new NodeServiceProject({ ...options, name: 'orders', outdir }).service);
    const pooled = service({ migrations: { pgbouncer: true }, backup: { pointInTime } });
    const partners = (of: Service, name: string) =>
      of.networkEdges.filter(({ process }) => process === name).map(({ backingService }) => backingService);

    it('reach the server, and neither the pooler nor its URL', () => {
      for (const name of ['backup', 'backup-archive', 'base-backup']) {
        expect(partners(pooled, name)).toContain('backup-database');
        expect(partners(pooled, name)).not.toContain('postgresql');
        const process = pooled.processes.find((one) => one.name === name)!;
        expect(pooled.variablesOf(process).map((one) => one.name)).not.toContain('DATABASE_URL');
      }
      expect(partners(pooled, 'migrate')).toEqual(['migration-database']);
      expect(partners(pooled, 'web')).toEqual(['otel-collector', 'postgresql']);
      expect(pooled.problems()).toEqual([]);
    });

    it('are asked for the URL of the server where they are deployed', () => {
      const url = pooled.tryFindConfigVariable('BACKUP_DATABASE_URL')!;
      expect(url.isRequiredIn('prod')).toBe(true);
      expect(pooled.configState(url, 'prod')).toBe(ConfigState.REFERENCED);
    });

    it('are on the one database there is on a developer’s machine', () => {
      const files = synth(
        (outdir) =>
          new NodeServiceProject({ name: 'orders', outdir, migrations: { pgbouncer: true }, backup: { pointInTime } }),
      );
      const { services } = parse(files['compose.yaml']!);
      expect(Object.keys(services)).not.toContain('backup-database');
      expect(services.backup.networks).toEqual(['postgresql']);
      expect(services.backup.secrets).toEqual(['BACKUP_DATABASE_URL']);
      expect(services.migrate.networks).toEqual(['postgresql']);
      expect(files['tools/container/secrets.json']).toContain('BACKUP_DATABASE_URL');
    });

    it('say where it is, by any pooler', () => {
      const server = { peer: NetworkPeer.cidr('10.0.0.7/32'), port: 6432 };
      const edge = service({ backup: { server } }).networkEdges.find(
        ({ process, backingService }) => process === 'backup' && backingService === 'backup-database',
      );
      expect(edge).toMatchObject(server);
      expect(partners(service({}), 'backup')).toEqual(['backup-store', 'postgresql', 'pushgateway']);
      expect(service({ database: Database.SQLITE, backup: { server } }).problems()).toMatchInlineSnapshot(`
        [
          {
            "fix": "drop it",
            "message": "is given for SQLite, which has none",
            "place": "backup.server",
          },
        ]
      `);
    });
  });

  describe('whose pods a cloud knows', () => {
    const identity = WorkloadIdentity.irsa({ prod: 'arn:aws:iam::123456789012:role/orders-backups' });
    const backup = {
      store: BackupStore.s3({ region: 'eu-west-1', identity }),
      pointInTime: PointInTimeRecovery.archive(),
    };

    it('have no key, and an identity that no other process has', () => {
      const service = stated(backup);
      expect(service.configVariables.filter(({ name }) => name.includes('S3'))).toEqual([]);
      expect(service.identities.map(({ name, processes }) => [name, processes])).toEqual([
        ['backups', ['backup', 'restore-drill', 'backup-archive', 'base-backup']],
      ]);
      expect(stated().identities).toEqual([]);
    });

    it('are known once, where the copies say the same of them as the store', () => {
      const same = () => WorkloadIdentity.irsa({ prod: 'arn:aws:iam::123456789012:role/orders-backups' });
      const other = WorkloadIdentity.irsa({ prod: 'arn:aws:iam::123456789012:role/orders-copies' });
      const [store, copyTo] = [same(), same()].map((of) => BackupStore.s3({ region: 'eu-west-1', identity: of }));
      expect(problemsOf({ store, copyTo })).toEqual([]);
      expect(stated({ store, copyTo }).identities.map(({ identities }) => identities.length)).toEqual([1]);
      const wrong = problemsOf({ store, copyTo: BackupStore.s3({ region: 'eu-west-1', identity: other }) });
      expect(wrong.map(({ message }) => message)).toEqual([expect.stringContaining('two identities of one kind')]);
    });

    it('open the store by what the machine is known by', () => {
      const files = synth((outdir) => new NodeServiceProject({ name: 'orders', outdir, backup }));
      for (const entry of ['backup', 'backup-archive']) {
        expect(files[`src/platform/${entry}.ts`]).toContain("open: s3Buckets({}, { region: 'eu-west-1' })");
      }
      expect(files['docs/runbooks/restore-a-backup.md']).toContain(
        '   aws sso login   # as somebody who may read it\n',
      );
      const account = (path: string) => parse(files[path] ?? '').metadata;
      expect(account('k8s/base/service-account-backups.yaml')).toEqual({ name: 'orders-backups' });
      expect(account('k8s/overlays/prod/service-account-backups.yaml').annotations).toEqual({
        'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/orders-backups',
      });
      expect(files['k8s/overlays/staging/service-account-backups.yaml']).toBeUndefined();
      expect(files['tools/kubernetes/facts.json']).toContain(
        'IAM roles for service accounts calls the processes of backups',
      );
    });

    it.each([
      [BackupStore.s3({ region: 'eu-west-1', identity: WorkloadIdentity.gke() }), 'is of another cloud than'],
      [BackupStore.googleCloudStorage({ identity: WorkloadIdentity.eksPodIdentity() }), 'is of another cloud than'],
      [BackupStore.azureBlobStorage({ identity: WorkloadIdentity.azure({ prod: 'orders' }) }), 'is named in no way'],
      [BackupStore.s3({ region: 'eu-west-1', identity: WorkloadIdentity.irsa({ live: 'x' }) }), 'does not have'],
    ])('are refused where that cannot be meant (%#)', (store, message) => {
      expect(
        problemsOf({ store })
          .map((problem) => problem.message)
          .join(),
      ).toContain(message);
    });
  });

  it('are configured for an environment where they are declared', () => {
    const service = stated({ environments: { prod: { storeUrl: 's3://acme', recipients: ['age1x'] } } });
    expect(service.tryFindConfigVariable('BACKUP_STORE_URL')?.valueIn('prod')).toBe('s3://acme');
    expect(service.tryFindConfigVariable('BACKUP_STORE_URL')?.valueIn('staging')).toBeUndefined();
    expect(service.tryFindConfigVariable('BACKUP_RECIPIENTS')?.valueIn('dev')).toEqual([]);
  });

  it('alert on nothing that nobody pushes, and say so', () => {
    const text = (of: Service) => of.guides.find(({ name }) => name === 'backups')!.text.render(of);
    const pointInTime = PointInTimeRecovery.archive();
    const silent = stated({ pushMetrics: false, pointInTime });
    const names = silent.alerts.map(({ name }) => name).sort();
    expect(names).toEqual(['ArchiveKeepsLog', 'ArchiveNeedsBase', 'ArchiveStale']);
    expect(silent.metrics.filter(({ labels }) => labels.includes('job'))).toEqual([]);
    expect(text(silent)).toContain('nobody is told when it fails');
    expect(text(silent)).not.toMatch(/BackupStale|RestoreDrill|honor_labels/);
    const pushed = stated({
      pushMetrics: false,
      environments: { prod: { pushgatewayUrl: 'http://pushgateway.monitoring:9091' } },
    });
    expect(pushed.alerts.map(({ name }) => name)).toContain('BackupStale');
    expect(text(pushed)).toContain('honor_labels');
  });

  it('have runbooks with the keys of the store there is, and of no other', () => {
    const service = stated({
      store: BackupStore.googleCloudStorage(),
      copyTo: BackupStore.azureBlobStorage(),
      pointInTime: PointInTimeRecovery.archive(),
    });
    const page = (name: string) => service.guides.find((guide) => guide.name === name)!.text.render(service);
    for (const name of ['restore-a-backup', 'restore-a-moment']) {
      expect(page(name)).toContain('   export BACKUP_GOOGLE_CREDENTIALS_FILE=<file>\n');
    }
    expect(page('restore-in-another-region')).toContain('   export BACKUP_AZURE_ACCOUNT_KEY_FILE=<file>\n');
    expect(service.guides.map(({ name }) => page(name)).join()).not.toContain('S3');
    expect(page('archive-stale')).toMatch(/scale deployment\/\S+-backup-archive --replicas=0/);
    expect(page('archive-stale')).toContain("_<environment>_archive_copy')");
  });

  it('are off by one option', () => {
    const files = synth((outdir) => new NodeServiceProject({ name: 'orders', backup: { enabled: false }, outdir }));
    expect(Object.keys(files).filter((path) => path.includes('backup'))).toEqual([]);
    expect(files['package.json']).not.toContain('age-encryption');
  });

  describe('with an archive of the log', () => {
    const options = {
      rpo: Duration.minutes(5),
      pointInTime: PointInTimeRecovery.archive(),
      copyTo: BackupStore.s3({ region: 'eu-central-1' }),
    };

    it('add a worker and a copy of the server, with what they need and no more', () => {
      const { processes } = stated(options);
      const find = (name: string) => processes.find((process) => process.name === name)!;
      expect(find('backup-archive').isLongRunning).toBe(true);
      expect(find('backup-archive').programs).toEqual(['pg_receivewal']);
      expect(find('backup-archive').ownVariables).not.toContain('BACKUP_IDENTITY');
      expect(find('base-backup').programs).toEqual(['pg_basebackup']);
      expect(find('base-backup').ownVariables).not.toContain('BACKUP_ARCHIVE_PORT');
      expect(find('backup').ownVariables).not.toContain('BACKUP_REPLICATION_URL');
      expect(find('backup').schedule?.expression).toBe('17 3 * * *');
    });

    it('serve probes on the address that both HTTP servers have, where there is one', () => {
      const entry = (outdir: string) => new NodeServiceProject({ name: 'orders', backup: options, outdir });
      expect(synth(entry)['src/platform/backup-archive.ts']).toContain("  'host',\n");
    });

    it('page by the RPO of the archive, with a runbook behind each alert', () => {
      const { alerts, guides } = stated(options);
      const names = guides.map(({ name }) => name);
      const alert = (name: string) => alerts.find((one) => one.name === name)!;
      expect(alert('ArchiveStale').expression).toContain('> 300 or group by (environment)');
      expect(alert('ArchiveStale').test?.labels).toEqual({ environment: 'prod' });
      expect(alert('ArchiveStale').severity).toBe(AlertSeverity.PAGE);
      expect(alert('BackupStale').severity).toBe(AlertSeverity.TICKET);
      expect(alerts.filter(({ runbook }) => !names.includes(runbook))).toEqual([]);
      expect(names).toContain('restore-a-moment');
    });

    it('need nothing more for a composed service, whose metrics the runtime has', () => {
      expect(problemsOf(options)).toEqual([]);
      const declared = stated(options).metrics.filter(({ name }) => /backup_(archive|base)/.test(name));
      const code = readFileSync('assets/node/src/platform/backup-archive/metrics.ts', 'utf8');
      expect(declared.length).toBeGreaterThan(6);
      expect(declared.filter(({ name, help }) => !(code.includes(`'${name}'`) && code.includes(`'${help}'`)))).toEqual(
        [],
      );
    });

    it('are for PostgreSQL only', () => {
      const problems = inFolder((outdir) =>
        new NodeServiceProject({
          name: 'orders',
          database: Database.SQLITE,
          backup: { pointInTime: options.pointInTime },
          outdir,
        }).service.problems(),
      );
      expect(problems).toMatchInlineSnapshot(`
        [
          {
            "fix": "drop it; a shorter backup.rpo loses less",
            "message": "archives the log of PostgreSQL, and of no other database",
            "place": "backup.pointInTime",
            "value": "sqlite",
          },
        ]
      `);
    });

    it('leave it to the platform where that does it, and say so', () => {
      const service = stated({
        ...options,
        pointInTime: PointInTimeRecovery.managed({ by: 'Amazon RDS' }),
      });
      const { processes, guides, alerts } = service;
      expect(processes.map(({ name }) => name)).toEqual(['backup', 'restore-drill']);
      expect(alerts.some(({ name }) => name.startsWith('Archive'))).toBe(false);
      const text = (name: string) => guides.find((guide) => guide.name === name)?.text?.render(service);
      expect(text('backups')).toContain('Amazon RDS, by a setting of its own; nothing here measures it');
      expect(text('restore-a-moment')).toContain('Have Amazon RDS restore the server to that moment');
    });
  });
});
