import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Component, type Project } from 'projen';
import { OwnedText, type Owner } from '../files';
import { NodeRuntime } from '../runtime/node';
import { CheckStage, type Service } from '../service';
import { taskCommand } from './task-command';

const FOLDER = '.githooks';
const OWNER: Owner = { component: 'Delivery', change: 'the checks of stage COMMIT' };

/** Where there is no repository there is nothing to hook into. */
const INSTALL = `fs.existsSync('.git') && child_process.spawnSync('git', ['config', 'core.hooksPath', '${FOLDER}'])`;

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
      // npm runs "prepare" after every local install, with whichever shell the machine has.
      NodeRuntime.of(root).package.setScript('prepare', `node --eval "${INSTALL}"`);
    }
  }

  public runChecksOf(service: Service, folder: string): void {
    this.services.push({ service, folder });
  }

  /** "projen new" makes the repository after npm ran "prepare"; from the next synthesis on, the hook is there too. */
  public override postSynthesize(): void {
    const { outdir } = this.project;
    if (existsSync(join(outdir, '.git'))) {
      spawnSync('git', ['config', '--local', 'core.hooksPath', FOLDER], { cwd: outdir, stdio: 'ignore' });
    }
  }

  private preCommit(): string {
    const blocks = [...this.services]
      .sort((a, b) => (a.folder < b.folder ? -1 : 1))
      .map(({ service, folder }) =>
        [
          `cd "$top${folder === '' ? '' : `/${folder}`}"`,
          ...service.checks
            .filter(({ stages }) => stages.includes(CheckStage.COMMIT))
            .map(({ task, description }) => `${taskCommand(service.project, task)} # ${description}`),
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
