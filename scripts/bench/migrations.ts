import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../live/command';
import { holdDatabase } from '../live/database';
import { atMost, type Figure, ratio, seconds, sideBySide } from './figures';

/** Migrations of the second comparison; each makes a table with an index, as a young service's do. */
const MANY = 100;

const CREATE = `const { default: pg } = await import('pg');
const client = new pg.Client({ connectionString: process.argv[1] });
await client.connect();
await client.query('CREATE DATABASE "' + process.argv[2] + '"');
await client.end();`;

/**
 * The runner against `prisma migrate deploy`, which is given the same engine that the tools use.
 *
 * @param folder a service with a database, compiled
 * @param rounds turns of each comparison
 */
export async function migrations(folder: string, rounds: number): Promise<Figure[]> {
  const database = await holdDatabase(folder);
  const place = join(folder, '.data', 'bench');
  try {
    const bench = new Bench(folder, place, database.url);
    bench.write(MANY);
    return [
      await bench.compare('`migrate` with nothing to do', rounds, await bench.migrated()),
      await bench.compare(`\`migrate\` with ${MANY} migrations`, Math.ceil(rounds / 3)),
    ];
  } finally {
    rmSync(place, { recursive: true, force: true });
    await database.release();
  }
}

class Bench {
  public constructor(
    private readonly folder: string,
    private readonly place: string,
    private readonly server: string,
  ) {}

  public write(count: number): void {
    rmSync(this.place, { recursive: true, force: true });
    for (let index = 0; index < count; index++) {
      const target = join(this.place, 'migrations', `${20260101000000 + index}_table_${index}`);
      mkdirSync(target, { recursive: true });
      const table = `CREATE TABLE "t${index}" ("id" SERIAL NOT NULL, "name" TEXT NOT NULL, CONSTRAINT "t${index}_pkey" PRIMARY KEY ("id"));`;
      writeFileSync(
        join(target, 'migration.sql'),
        `${table}\nCREATE INDEX "t${index}_name_idx" ON "t${index}"("name");\n`,
      );
      writeFileSync(join(target, 'down.sql'), `-- migration: lossy\nDROP TABLE "t${index}";\n`);
    }
    writeFileSync(join(this.place, 'migrations', 'migration_lock.toml'), 'provider = "postgresql"\n');
    cpSync(join(this.folder, 'prisma', 'schema'), join(this.place, 'schema'), { recursive: true });
    writeFileSync(
      join(this.place, 'prisma.config.ts'),
      `export default { schema: 'schema', migrations: { path: 'migrations' }, datasource: { url: process.env.DATABASE_URL } };\n`,
    );
  }

  /** @param url a database for every turn; without it, a new and empty one for each */
  public async compare(what: string, rounds: number, url?: string): Promise<Figure> {
    const fresh: string[] = [];
    if (url === undefined) {
      for (let index = 0; index < rounds * 2; index++) {
        fresh.push(await this.create());
      }
    }
    const next = () => url ?? fresh.pop() ?? '';
    const {
      first,
      second,
      ratio: of,
    } = await sideBySide(
      rounds,
      () => this.ours(next()),
      () => this.prisma(next()),
    );
    const more = ` (${seconds(first)} against ${seconds(second)})`;
    return atMost(`${what}, against \`prisma migrate deploy\`, time`, of, 1, ratio, more);
  }

  public async migrated(): Promise<string> {
    const url = await this.create();
    await this.ours(url);
    return url;
  }

  private async create(): Promise<string> {
    const name = `bench_${randomUUID()}`;
    await run(process.execPath, ['--input-type=module', '-e', CREATE, this.server, name], { cwd: this.folder });
    const url = new URL(this.server);
    url.pathname = `/${name}`;
    return url.href;
  }

  private async ours(url: string): Promise<void> {
    const program = 'dist/platform/migrations/cli.js';
    const args = [program, 'migrate', '--migrations', join(this.place, 'migrations')];
    await run(process.execPath, args, { cwd: this.folder, env: { DATABASE_URL: url } });
  }

  private async prisma(url: string): Promise<void> {
    const program = join(this.folder, 'node_modules', 'prisma', 'build', 'index.js');
    await run(process.execPath, [program, 'migrate', 'deploy'], {
      cwd: this.place,
      env: {
        DATABASE_URL: url,
        PRISMA_SCHEMA_ENGINE_BINARY: join(this.folder, '.data', 'schema-engine'),
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
      },
    });
  }
}
