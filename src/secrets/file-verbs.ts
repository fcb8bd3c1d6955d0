import type { Project } from 'projen';
import { NodeRuntime } from '../runtime/node';

/**
 * The verbs that bring secrets from the stores of an environment to this machine as files. For every store that can be read.
 */
export function addFileVerbs(project: Project): void {
  if (project.tasks.tryFind('secrets:run') !== undefined) {
    return;
  }
  NodeRuntime.of(project).installTools('secrets-files');
  project.addGitIgnore('/.secrets/');
  const add = (task: string, verb: string, description: string) =>
    project
      .addTask(task, { description, receiveArgs: true })
      // As a list of arguments no shell reads them.
      .execArgs(['tsx', 'tools/secrets-files/cli.ts', verb], { receiveArgs: true });
  add(
    'secrets:run',
    'run',
    'Runs a command that has the secrets of an environment as files, while it runs: secrets:run <environment> <command …>',
  );
  add(
    'secrets:pull',
    'pull',
    'Writes the secrets of an environment to files that only you can read: secrets:pull <environment> [folder]',
  );
}
