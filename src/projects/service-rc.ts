import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type InitProject, type Project, ProjenrcFile } from 'projen';
import { NodeRuntime } from '../runtime/node';
import { Database } from '../migrations';

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
    project.defaultTask?.exec(`tsx ${this.filePath}`);
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
    .map(([key, value]) => `  ${key}: ${valueOf(key, value, imports)},`);
  const database = args.database ?? Database.POSTGRESQL;
  return `import { ${[...imports].sort().join(', ')} } from '${LIBRARY}';

const service = new ${className}({
${options.join('\n')}
});

// What to try next. After each edit, run "npx projen".
//
// A config variable, typed in the service as config.stripeApiKey:
// service.config.add('STRIPE_API_KEY', { secret: true, description: 'Charges cards', requiredIn: ['staging', 'prod'] });
//
// A process that works through a queue (its entry module is src/mailer.ts):
// service.addWorker('mailer', { command: ['node', 'dist/mailer.js'], description: 'Sends mail' });
//
// A command of yours that holds up pull requests:
// service.addCheck('licenses', { task: 'licenses', description: 'Every dependency has a licence we accept' });
${database === Database.NONE ? '' : `//\n// Your models are in prisma/schema/. After an edit, "npx projen db:new <name>" writes the migration and its way back.\n`}
service.synth();
`;
}

function valueOf(key: string, value: unknown, imports: Set<string>): string {
  const member = Object.entries(Database).find(([, name]) => name === value)?.[0];
  if (key === 'database' && member !== undefined) {
    imports.add('Database');
    return `Database.${member}`;
  }
  if (Array.isArray(value)) {
    return `[${value.map((item) => valueOf(key, item, imports)).join(', ')}]`;
  }
  return typeof value === 'string' ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'` : JSON.stringify(value);
}
