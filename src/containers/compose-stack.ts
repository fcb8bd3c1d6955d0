import { dirname } from 'node:path';
import { Component, type Project } from 'projen';
import { OwnedJson, OwnedYaml, type Owner } from '../files';
import { NodeRuntime } from '../runtime/node';
import { Service } from '../service';
import { struct, text, typed } from '../service/option-shapes';
import { renderCompose } from './compose-file';
import { composeProblems } from './compose-problems';
import { LocalStack, SECRETS_FOLDER } from './local-stack';

/**
 * What can be chosen about the local stack.
 */
export interface ComposeStackOptions {
  /**
   * The image that runs the processes.
   *
   * @default - `<service>:dev`, which the task `image:build` makes
   */
  readonly image?: string;

  /**
   * The folder of the compiled code in the image, from which health checks run.
   *
   * @default "dist"
   */
  readonly compiledFolder?: string;
}

/**
 * The whole service on one machine: `compose.yaml` with every process and every backing service, as locked down as in production.
 *
 * Processes run from the image, in the first environment. A backing service of a known kind (PostgreSQL, MySQL, Redis) gets a
 * container on a network of its own, which only the processes that talk to it share; anything else is reached where its URL
 * says. Secrets are files in `.compose/`, made or asked for by `compose:up`, and never committed.
 *
 * @example
 * new ComposeStack(project);
 * // web on http://127.0.0.1:3000 after: npx projen compose:up
 */
export class ComposeStack extends Component {
  /**
   * The local stack of a project, if it has one.
   *
   * @param project any projen project
   */
  public static of(project: Project): ComposeStack | undefined {
    return project.components.find((component): component is ComposeStack => component instanceof ComposeStack);
  }

  private readonly runtime?: NodeRuntime;

  /**
   * @param project any projen project; health checks and generated secrets need one with a `package.json` that projen manages
   */
  constructor(project: Project, given: ComposeStackOptions = {}) {
    super(project, 'ComposeStack');
    const service = Service.of(project);
    const options: ComposeStackOptions = typed(service, 'compose', STACK_OPTIONS, given);
    const runtime = NodeRuntime.supports(project) ? NodeRuntime.of(project) : undefined;
    this.runtime = runtime;
    if (options.image !== undefined && !/^[a-z0-9][\w./:@-]*$/.test(options.image)) {
      service.report({
        place: 'compose.image',
        message: 'is no name of an image',
        value: options.image,
        fix: 'write it like "registry.example.com/shop/orders:1.4", or leave it out for the one that image:build makes',
      });
    }
    new OwnedYaml(project, 'compose.yaml', {
      owner: OWNER,
      obj: () =>
        renderCompose(new LocalStack(service, runtime?.dataFolders), { ...options, probes: runtime !== undefined }),
    });
    service.addValidation({ validate: composeProblems });
    project.addGitIgnore(`/${dirname(SECRETS_FOLDER)}/`);
    if (runtime !== undefined) {
      runtime.installPlatform('probe');
      runtime.installTools('container');
      new OwnedJson(project, 'tools/container/secrets.json', {
        owner: OWNER,
        obj: () => new LocalStack(service, runtime.dataFolders).secretFiles(),
      });
    }
    project.addTask('compose:up', { description: 'Runs every process and every backing service on this machine' });
    project
      .addTask('compose:down', { description: 'Stops the stack; --volumes forgets its data too' })
      .execArgs(this.command('down'), { receiveArgs: true });
  }

  /** The image may be added after the stack, so what runs before it is known only now. */
  public override preSynthesize(): void {
    const up = this.project.tasks.tryFind('compose:up');
    const build = this.project.tasks.tryFind('image:build');
    if (build !== undefined) {
      up?.spawn(build);
    }
    up?.execArgs(this.command('up'), { receiveArgs: true });
  }

  private command(verb: 'up' | 'down'): string[] {
    if (this.runtime !== undefined) {
      return ['tsx', 'tools/container/cli.ts', verb];
    }
    return ['docker', 'compose', verb, ...(verb === 'up' ? ['--detach', '--wait', '--remove-orphans'] : [])];
  }
}

const STACK_OPTIONS = struct<ComposeStackOptions>({ image: text, compiledFolder: text });

const OWNER: Owner = { component: 'ComposeStack', change: 'the processes and backing services of the service' };
