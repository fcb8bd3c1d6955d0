import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { newService, task } from './live/newborn';
import { packLibrary } from './live/package';
import { RunningService } from './live/server';
import { Shop } from './live/shop';
import { startTraffic } from './live/traffic';

const USAGE = `Usage: npx projen demo [options]
  --database <name>   postgresql (default), mysql (needs DATABASE_URL), sqlite or none
  --no-example        begin with one route instead of the order service
  --keep              leave the folder of the service for you to look at`;

const DATABASES = ['postgresql', 'mysql', 'sqlite', 'none'];
const STOCK = 50;
const BUYERS = 120;

interface Choices {
  readonly database: string;
  readonly example: boolean;
  readonly keep: boolean;
}

async function demo({ database, example, keep }: Choices): Promise<void> {
  const workplace = mkdtempSync(join(tmpdir(), 'riso-demo-'));
  const folder = join(workplace, 'orders');
  mkdirSync(folder);
  const summary: string[] = [];
  let service: RunningService | undefined;
  try {
    const tarball = await step('pack the library as it would be published', () => packLibrary(workplace));
    summary.push(`package        ${kilobytes(statSync(tarball).size)}`);
    await step('projen new --from the package, in an empty folder', () =>
      newService(
        folder,
        `@riso/projen@file:${tarball}`,
        '--name',
        'orders',
        '--database',
        database,
        example ? '--example' : '--no-example',
      ),
    );
    summary.push(`service        ${filesBelow(folder)} files in ${folder}`);
    if (database !== 'none') {
      await step('migrate the database', () => task(folder, 'db:migrate'));
      await step('seed it', () => task(folder, 'db:seed'));
    }
    await step('compile', () => task(folder, 'compile'));
    const started = await step('start, until ready', () =>
      RunningService.start(folder, startCommand(database), { SHUTDOWN_DELAY: '5s', RATE_LIMIT_MAX: '1000000' }),
    );
    service = started;
    if (example) {
      summary.push(...(await trade(new Shop(started))));
    } else {
      const reply = await step('ask the only route', () => started.call('GET', '/hello'));
      summary.push(`GET /hello     ${reply.status} ${JSON.stringify(reply.body)}`);
      expect(reply.status === 200, `GET /hello answered ${reply.status}`);
    }
    const load = startTraffic(
      `${started.url}${example ? '/products' : '/hello'}`,
      `${started.managementUrl}/readyz`,
      8,
    );
    await step('stop under load', async () => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      const code = await started.stop();
      service = undefined;
      const { answered, lost, failed } = await load.stop();
      summary.push(
        `stopped        exit code ${code}; ${answered} requests answered, ${lost.length} lost, ${failed.length} failed`,
      );
      expect(code === 0, `the service ended with ${code}\n${started.output()}`);
      expect(lost.length === 0 && failed.length === 0, `lost: ${lost.join(', ')}; failed: ${failed.join(', ')}`);
    });
    console.log(`\n${summary.map((line) => `  ${line}`).join('\n')}`);
    console.log(
      keep ? `\nThe service is yours: cd ${folder} && npx projen dev` : '\nRun with --keep to look at the service.',
    );
  } catch (error) {
    if (keep) {
      console.error(`\nWhat was made so far is in ${folder}`);
    }
    throw error;
  } finally {
    await service?.stop('SIGKILL');
    if (!keep) {
      rmSync(workplace, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
  }
}

/** The compiled service, with the development database alive beside it. */
function startCommand(database: string): [string, ...string[]] {
  const node: [string, ...string[]] = ['node', '--enable-source-maps', 'dist/main.js'];
  return database === 'none' ? node : ['node', '--import', 'tsx', 'tools/database/with-database.ts', '--', ...node];
}

async function trade(shop: Shop): Promise<string[]> {
  const customer = await shop.customer();
  const product = await shop.product(STOCK);
  const sale = await step(`place ${BUYERS} orders at once for a stock of ${STOCK}`, () =>
    shop.rush(BUYERS, customer.id, product.id),
  );
  expect(sale.other.length === 0, `unexpected answers: ${sale.other.join(', ')}`);
  expect(sale.accepted === STOCK, `${sale.accepted} orders were accepted for a stock of ${STOCK}`);
  const orders = await step('read them back, page by page', () => shop.ordersOf(customer.id));
  expect(orders.length === STOCK, `${orders.length} orders came back`);
  const stock = await shop.stockOf(product.id);
  expect(stock === 0, `the stock is ${stock}`);
  return [
    `orders         ${sale.accepted} accepted, ${sale.refused} refused, ${sale.retried} sent again; ${orders.length} read back, stock ${stock}`,
  ];
}

async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  process.stdout.write(`  ${title.padEnd(56)}`);
  const begun = performance.now();
  try {
    const result = await work();
    console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s`);
    return result;
  } catch (error) {
    console.log('failed');
    throw error;
  }
}

function expect(condition: boolean, message: string): void {
  if (!condition) {
    throw new Error(message);
  }
}

function filesBelow(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .reduce((count, entry) => count + (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : 1), 0);
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1024)} KB`;
}

function choices(): Choices {
  const { values } = parseArgs({
    options: {
      database: { type: 'string', default: 'postgresql' },
      example: { type: 'boolean' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    allowNegative: true,
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  if (!DATABASES.includes(values.database)) {
    throw new Error(`--database must be one of ${DATABASES.join(', ')}, not "${values.database}"\n\n${USAGE}`);
  }
  if (values.database === 'mysql' && process.env.DATABASE_URL === undefined) {
    throw new Error('--database mysql needs a server: set DATABASE_URL, such as mysql://root@127.0.0.1:3306/demo');
  }
  if (values.database === 'none' && values.example === true) {
    throw new Error('--example needs a database: drop it, or choose one with --database');
  }
  return { database: values.database, example: values.example ?? values.database !== 'none', keep: values.keep };
}

Promise.resolve()
  .then(() => demo(choices()))
  .catch((error: unknown) => {
    console.error(`\n${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  });
