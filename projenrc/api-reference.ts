import { Component, type cdk } from 'projen';

/**
 * Writes `API.md` after each compilation, by a renderer of our own: projen's repeats on every type what it inherits.
 */
export class ApiReference extends Component {
  constructor(project: cdk.JsiiProject) {
    super(project, 'ApiReference');
    project.addDevDeps('@jsii/spec@^1');
    const docgen = project.addTask('docgen', { description: 'Writes API.md', exec: 'tsx scripts/api-reference.ts' });
    project.postCompileTask.spawn(docgen);
    project.annotateGenerated('/API.md');
  }
}
