import { Component, type Project } from 'projen';
import { OwnedText, type Owner } from '../files';
import { NodeRuntime } from '../runtime/node';
import { Guide, Service, type ServiceProblem } from '../service';
import { count, flag, list, struct, text, typed } from '../service/option-shapes';
import { renderDockerIgnore } from './docker-ignore';
import { renderDockerfile } from './dockerfile';
import { imageGuide } from './guide';
import { localImage } from './names';
import { programProblems } from './programs';

/**
 * What can be chosen about the container image.
 */
export interface ContainerImageOptions {
  /**
   * The folder the task `compile` writes to.
   *
   * @default "dist"
   */
  readonly compiledFolder?: string;

  /**
   * Files and folders that production reads besides compiled code and packages, such as `templates`.
   *
   * @default - those that other capabilities need, such as the migrations
   */
  readonly files?: string[];

  /**
   * How much of the memory limit the heap of JavaScript may take, in percent. The rest is for buffers, code and threads.
   *
   * @default 75
   * @see https://nodejs.org/docs/latest-v24.x/api/cli.html#--max-old-space-size-percentagepercentage
   */
  readonly heapPercentage?: number;
}

/**
 * The container image of a Node service: a `Dockerfile` that builds from the lock file, and a `.dockerignore` that lets in what it reads.
 *
 * One image runs every process, each by its command. It holds Node, the compiled code, the packages it can load and the
 * migrations; no shell, no package manager, no development tool. It runs as a numeric user on a read-only file system.
 * The task `image:build` builds it.
 *
 * @example
 * new ContainerImage(project, { files: ['templates'], heapPercentage: 60 });
 */
export class ContainerImage extends Component {
  /**
   * The container image of a project, if it has one.
   *
   * @param project any projen project
   */
  public static of(project: Project): ContainerImage | undefined {
    return project.components.find((component): component is ContainerImage => component instanceof ContainerImage);
  }

  /**
   * @param project a project with a `package.json` that projen manages
   */
  constructor(project: Project, given: ContainerImageOptions = {}) {
    super(project, 'ContainerImage');
    const runtime = NodeRuntime.of(project);
    const service = Service.of(project);
    const options: ContainerImageOptions = typed(service, 'container', IMAGE_OPTIONS, given);
    const { compiledFolder = 'dist', heapPercentage = 75, files = [] } = options;
    runtime.installPlatform('probe');
    runtime.installTools('container');
    runtime.addBuildFiles(...files);
    runtime.addShippedFiles(...files);
    service.addValidation({ validate: programProblems });
    for (const problem of imageProblems({ compiledFolder, heapPercentage, files })) {
      service.report(problem);
    }
    new OwnedText(project, 'Dockerfile', {
      owner: OWNER,
      text: () => renderDockerfile(service, runtime, { compiledFolder, heapPercentage }),
    });
    new OwnedText(project, '.dockerignore', { owner: OWNER, text: () => renderDockerIgnore(runtime) });
    service.state(new Guide('containers', imageGuide()));
    project
      .addTask('image:build', { description: 'Builds the container image' })
      .execArgs(['tsx', 'tools/container/cli.ts', 'build', localImage(service)], { receiveArgs: true });
  }
}

const OWNER: Owner = { component: 'ContainerImage', change: 'the option container' };

const IMAGE_OPTIONS = struct<ContainerImageOptions & { enabled?: boolean }>({
  enabled: flag,
  compiledFolder: text,
  files: list(text),
  heapPercentage: count,
});

function imageProblems({ compiledFolder, heapPercentage, files }: Required<ContainerImageOptions>): ServiceProblem[] {
  const problems: ServiceProblem[] = [];
  if (!Number.isFinite(heapPercentage) || heapPercentage < 10 || heapPercentage > 90) {
    problems.push({
      place: 'container.heapPercentage',
      message: 'the heap gets from 10 to 90 percent of the memory limit',
      value: heapPercentage,
      fix: 'leave it out for 75',
    });
  }
  for (const path of [compiledFolder, ...files]) {
    // The Dockerfile copies it by this name, and a build sees nothing outside of its folder.
    if (typeof path !== 'string' || !/^[\w@][\w@.-]*(\/[\w@.-]+)*$/.test(path) || path.split('/').includes('..')) {
      problems.push({
        place: 'container',
        message: 'is given a path that is not below the project, or has blanks or wildcards',
        value: path,
        fix: 'name a file or folder relative to the project, such as "templates"',
      });
    }
  }
  return problems;
}
