import { describe, expect, test } from 'vitest';
import { renderRc } from '../../src/projects/service-rc';

const rc = (args: Record<string, unknown>) => renderRc('NodeServiceProject', args);

/** What differs between flags: everything above the things to try next. */
const declaration = (args: Record<string, unknown>) => rc(args).split('// What to try next')[0]!.trimEnd();

describe('the declaration of a new service', () => {
  test('by default has the example, with the job that cleans up after it', () => {
    expect(rc({ name: 'orders', devDeps: ['@riso/projen'] })).toMatchInlineSnapshot(`
      "import { Cron, NodeServiceProject } from '@riso/projen';

      const service = new NodeServiceProject({
        name: 'orders',
      });

      service.addScheduledJob('cleanup', {
        schedule: Cron.daily(),
        command: ['node', 'dist/cleanup.js'],
        description: 'Forgets idempotency keys older than a day',
      });

      // What to try next. After each edit, run "npx projen".
      //
      // A config variable, typed in the service as config.stripeApiKey:
      // service.config.add('STRIPE_API_KEY', { secret: true, description: 'Charges cards', requiredIn: ['staging', 'prod'] });
      //
      // A number that somebody asks about, counted in the service by app.metrics.ordersRefunded.inc({ reason }):
      // service.observability?.addCounter('orders_refunded_total', { help: 'Orders paid back', labels: ['reason'] });
      //
      // A process that works through a queue (its entry module is yours: src/mailer.ts):
      // service.addWorker('mailer', { command: ['node', 'dist/mailer.js'], description: 'Sends mail' });
      //
      // A task of yours that holds up pull requests:
      // service.addTask('licenses', { exec: 'npx license-checker --failOn GPL' });
      // service.addCheck('licenses', { task: 'licenses', description: 'Every dependency has a licence we accept' });
      //
      // Your models are in prisma/schema/. After an edit, "npx projen db:new <name>" writes the migration and its way back.

      service.synth();
      "
    `);
  });

  test('says what it is first and what it is made with last, whatever the order of flags', () => {
    expect(
      declaration({
        devDeps: ['@riso/projen@file:/x.tgz'],
        example: true,
        database: 'postgresql',
        description: "It's \\ mine",
        name: 'orders',
      }),
    ).toMatchInlineSnapshot(`
      "import { Cron, Database, NodeServiceProject } from '@riso/projen';

      const service = new NodeServiceProject({
        name: 'orders',
        description: 'It\\'s \\\\ mine',
        database: Database.POSTGRESQL,
        example: true,
        devDeps: ['@riso/projen@file:/x.tgz'],
      });

      service.addScheduledJob('cleanup', {
        schedule: Cron.daily(),
        command: ['node', 'dist/cleanup.js'],
        description: 'Forgets idempotency keys older than a day',
      });"
    `);
  });

  test('without the example has no job', () => {
    expect(declaration({ name: 'notes', database: 'sqlite', example: false })).toMatchInlineSnapshot(`
      "import { Database, NodeServiceProject } from '@riso/projen';

      const service = new NodeServiceProject({
        name: 'notes',
        database: Database.SQLITE,
        example: false,
      });"
    `);
  });

  test('without a database speaks of none', () => {
    const text = rc({ name: 'hello', database: 'none' });
    expect(text.split('// What to try next')[0]).toMatchInlineSnapshot(`
      "import { Database, NodeServiceProject } from '@riso/projen';

      const service = new NodeServiceProject({
        name: 'hello',
        database: Database.NONE,
      });

      "
    `);
    expect(text).not.toMatch(/prisma|db:/);
  });

  test('takes lists, and drops what was not said', () => {
    expect(
      declaration({ name: 'hello', database: 'none', example: undefined, deps: ['a@^1', 'b'], devDeps: [] }),
    ).toMatchInlineSnapshot(`
      "import { Database, NodeServiceProject } from '@riso/projen';

      const service = new NodeServiceProject({
        name: 'hello',
        database: Database.NONE,
        deps: ['a@^1', 'b'],
      });"
    `);
  });
});
