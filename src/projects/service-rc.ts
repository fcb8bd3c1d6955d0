import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type InitProject, type Project, ProjenrcFile } from 'projen';
import { Database } from '../migrations';
import { NodeRuntime } from '../runtime/node';
import { Cron, type Fact, ServiceProcess } from '../service';

const LIBRARY = '@riso/projen';

/**
 * The `.projenrc.ts` of a service: written once, by `projen new`, for a person to read and edit.
 *
 * @internal
 */
export class ServiceRc extends ProjenrcFile {
  public readonly filePath = '.projenrc.ts';

  constructor(project: Project) {
    super(project);
    NodeRuntime.of(project).addDevDependencies('tsx');
    project.defaultTask?.execArgs(['tsx', this.filePath]);
  }

  public override projectCreation(initProject: InitProject): void {
    const path = join(this.project.outdir, this.filePath);
    if (!existsSync(path)) {
      writeFileSync(path, renderRc(initProject.fqn.split('.').pop()!, initProject.args));
    }
  }
}

/**
 * Prints the declaration of a new service, with what to try next as comments.
 */
export function renderRc(className: string, args: Record<string, any>): string {
  const imports = new Set([className]);
  const options = Object.entries(args)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [key, key === 'devDeps' ? value.filter((spec: string) => spec !== LIBRARY) : value] as const)
    .filter(([, value]) => !Array.isArray(value) || value.length > 0)
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([key, value]) => `  ${key}: ${literal(key, value, imports)},`);
  const hasDatabase = args.database !== Database.NONE;
  const hasExample = bringsExample(args);
  if (hasExample) {
    imports.add('Cron');
  }
  return [
    `import { ${[...imports].sort().join(', ')} } from '${LIBRARY}';`,
    `const service = new ${className}({\n${options.join('\n')}\n});`,
    ...(hasExample ? [CLEANUP] : []),
    NEXT + (hasDatabase ? NEXT_WITH_DATABASE : ''),
    'service.synth();\n',
  ].join('\n\n');
}

/** What the service is comes first, what it is built with last. */
function rank(option: string): number {
  const order = ['name', 'description', 'database', 'example'];
  return option === 'devDeps' ? order.length + 1 : order.includes(option) ? order.indexOf(option) : order.length;
}

function bringsExample({ database, example }: Record<string, any>): boolean {
  return database !== Database.NONE && example !== false;
}

/**
 * What the declaration of a new service states beyond its options. `projen new` synthesizes before anything reads the declaration, and
 * the next synthesis, which does, must come to the same.
 */
export function factsOfNewService(args: Record<string, any>): Fact[] {
  return bringsExample(args)
    ? [
        ServiceProcess.scheduledJob('cleanup', {
          schedule: Cron.daily(),
          command: ['node', 'dist/cleanup.js'],
          description: 'Forgets idempotency keys older than a day',
        }),
      ]
    : [];
}

/** The example stores idempotency keys, and brings the job that forgets them. */
const CLEANUP = `service.addScheduledJob('cleanup', {
  schedule: Cron.daily(),
  command: ['node', 'dist/cleanup.js'],
  description: 'Forgets idempotency keys older than a day',
});`;

const NEXT = `// What to try next. After each edit, run "npx projen".
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
// service.addCheck('licenses', { task: 'licenses', description: 'Every dependency has a licence we accept' });`;

const NEXT_WITH_DATABASE = `
//
// Your models are in prisma/schema/. After an edit, "npx projen db:new <name>" writes the migration and its way back.`;

function literal(key: string, value: unknown, imports: Set<string>): string {
  const member = Object.entries(Database).find(([, name]) => name === value)?.[0];
  if (key === 'database' && member !== undefined) {
    imports.add('Database');
    return `Database.${member}`;
  }
  if (Array.isArray(value)) {
    return `[${value.map((item) => literal(key, item, imports)).join(', ')}]`;
  }
  return typeof value === 'string'
    ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
    : JSON.stringify(value);
}
