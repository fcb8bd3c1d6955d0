import { Component, type cdk } from 'projen';

/**
 * Packaging without toolchains that contributors rarely have.
 *
 * The npm and PyPI packages are built. Java and Go come as generated code; the release workflow, which has their
 * toolchains, compiles and publishes them with projen's own tasks. A NuGet package cannot be: projen itself has none.
 */
export class Packaging extends Component {
  constructor(project: cdk.JsiiProject) {
    super(project, 'Packaging');
    const sources = project.addTask('package:sources', {
      description: 'Generates the code of the Java and Go packages, without compiling it',
      execArgs: ['jsii-pacmak', '--code-only', '--targets', 'java', 'go'],
    });
    const packageAll = project.tasks.tryFind('package-all')!;
    packageAll.reset();
    for (const task of ['package:js', 'package:python']) {
      packageAll.spawn(project.tasks.tryFind(task)!);
    }
    packageAll.spawn(sources);
    // A file whose source is gone must not be published.
    project.preCompileTask.execArgs(['rm', '-fr', project.libdir]);
    project.packageTask.reset();
    project.packageTask.spawn(packageAll);
  }
}
