import type { Project } from 'projen';

/**
 * How a task is run from a hook or a workflow; "projen eject" leaves a runner of its own behind.
 */
export function taskCommand({ ejected }: Project, task: string): string {
  return `${ejected ? 'node scripts/run-task.cjs' : 'npx projen'} ${task}`;
}
