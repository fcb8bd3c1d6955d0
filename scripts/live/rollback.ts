import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Balancer } from './balancer';
import { run } from './command';
import { task } from './newborn';
import { RunningService } from './server';
import type { Traffic } from './traffic';

const WEB = ['node', '--enable-source-maps', 'dist/main.js'] as const;
const RUNNER = ['--enable-source-maps', 'dist/platform/migrations/cli.js'] as const;

/** As in production: proxies take some seconds to notice. */
const IN_PROD = { SHUTDOWN_DELAY: '5s', RATE_LIMIT_MAX: '1000000' };

/** Milliseconds since the decision. */
export interface RollbackTimes {
  /** The version before answers requests. */
  readonly served: number;
  /** The newer version is gone; what it had begun is answered. */
  readonly gone: number;
  /** The migration of the newer version is undone. */
  readonly undone: number;
  /** What clients saw all the while. */
  readonly traffic: Traffic;
}

/** Makes a service the next version of itself: with a migration, written by the verb that users have. */
export async function nextVersion(folder: string): Promise<void> {
  const packageJson = join(folder, 'package.json');
  writeFileSync(packageJson, readFileSync(packageJson, 'utf8').replace('"version": "0.0.0"', '"version": "0.1.0"'));
  const model = join(folder, 'prisma/schema/products.prisma');
  writeFileSync(model, readFileSync(model, 'utf8').replace(/^ {2}sku .*$/m, '$&\n  weight Int?'));
  await task(folder, 'db:new', 'add_weight');
}

/**
 * Releases a version with a migration and goes back to the one before, in the order of the runbook: the old version first, then, because here
 * it must go, the migration.
 *
 * @param before the version that is served in the end, compiled
 * @param after the version that is served at first, compiled, with one migration more
 */
export async function rollBack(before: string, after: string, databaseUrl: string): Promise<RollbackTimes> {
  const env = { DATABASE_URL: databaseUrl };
  const start = (folder: string) => RunningService.start(folder, WEB, { ...env, ...IN_PROD });
  const migrations = (folder: string, ...args: string[]) =>
    run('node', [...RUNNER, ...args], { cwd: folder, env: { APP_ENV: 'dev', ...env } });

  await migrations(after, 'migrate');
  const newer = await start(after);
  const balancer = new Balancer('/products', 4);
  balancer.add(newer);
  let older: RunningService | undefined;
  try {
    const decision = performance.now();
    const since = () => performance.now() - decision;

    older = await start(before);
    balancer.add(older);
    expectStatus(await older.call('GET', '/products'));
    const served = since();

    await newer.stop();
    const gone = since();

    await migrations(before, 'rollback', '1', '--accept-data-loss');
    const undone = since();

    // Nothing is pending for it, and nothing is there that it does not know.
    await migrations(before, 'status');
    expectStatus(await older.call('GET', '/products'));
    return { served, gone, undone, traffic: await balancer.stop() };
  } finally {
    await balancer.stop();
    await Promise.all([newer, older].map((service) => service?.stop('SIGKILL')));
  }
}

/** The newest migration of a version. */
export function newestMigration(folder: string): string | undefined {
  return readdirSync(join(folder, 'prisma/migrations'))
    .filter((name) => /^\d/.test(name))
    .sort()
    .at(-1);
}

function expectStatus({ status, body }: { status: number; body: unknown }): void {
  if (status !== 200) {
    throw new Error(`GET /products answered ${status}: ${JSON.stringify(body)}`);
  }
}
