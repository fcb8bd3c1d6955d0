import { Component, type Project } from 'projen';
import { OwnedText, type Owner } from '../files';
import { NodeRuntime } from '../runtime/node';
import { CheckStage, type Service } from '../service';

const FOLDER = '.githooks';
const OWNER: Owner = { component: 'Delivery', change: 'the checks of stage COMMIT' };

/**
 * The Git hooks of a repository. One hook runs the commit checks of all services in it.
 *
 * @internal
 */
export class GitHooks extends Component {
  public static of(root: Project): GitHooks {
    const found = root.components.find((component): component is GitHooks => component instanceof GitHooks);
    return found ?? new GitHooks(root);
  }

  private readonly services: Array<{ readonly service: Service; readonly folder: string }> = [];

  private constructor(root: Project) {
    super(root, 'GitHooks');
    new OwnedText(root, `${FOLDER}/pre-commit`, { owner: OWNER, executable: true, text: () => this.preCommit() });
    if (NodeRuntime.supports(root)) {
      // npm runs "prepare" after every local install; where there is no repository there is nothing to hook into.
      NodeRuntime.of(root).package.setScript('prepare', `git config --local core.hooksPath ${FOLDER} || exit 0`);
    }
  }

  public runChecksOf(service: Service, folder: string): void {
    this.services.push({ service, folder });
  }

  private preCommit(): string {
    const blocks = [...this.services]
      .sort((a, b) => (a.folder < b.folder ? -1 : 1))
      .map(({ service, folder }) =>
        [
          `cd "$top${folder === '' ? '' : `/${folder}`}"`,
          ...service.checks
            .filter(({ stages }) => stages.includes(CheckStage.COMMIT))
            .map(({ task, description }) => `npx projen ${task} # ${description}`),
        ].join('\n'),
      );
    return [
      '#!/bin/sh',
      '# Runs before each commit; "git commit --no-verify" skips it.',
      'set -eu',
      'top=$(git rev-parse --show-toplevel)',
      ...blocks,
    ].join('\n');
  }
}
