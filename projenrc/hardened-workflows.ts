import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { Component, type Project } from 'projen';
import { GithubWorkflow } from 'projen/lib/github';
import { parse, stringify } from 'yaml';
import { pinOf } from './action-pins';

interface Step {
  uses?: string;
  with?: Record<string, unknown>;
}

interface Job {
  name?: string;
  permissions?: Record<string, string>;
  'timeout-minutes'?: number;
  steps: Step[];
}

interface Workflow {
  permissions?: object;
  jobs: Record<string, Job>;
}

/**
 * Rewrites what projen's workflow components leave open: pins with their versions, timeouts, no permission by default,
 * no credentials left in the checkout, no caches. projen's YAML files cannot carry comments, so what it wrote is read and written again.
 */
export class HardenedWorkflows extends Component {
  constructor(project: Project) {
    super(project, 'HardenedWorkflows');
  }

  /** Components synthesize in the order they were made, and this one is made last. */
  public override synthesize(): void {
    for (const component of this.project.components) {
      if (component instanceof GithubWorkflow && component.file !== undefined) {
        const path = component.file.absolutePath;
        chmodSync(path, 0o644);
        writeFileSync(path, harden(readFileSync(path, 'utf8')));
        chmodSync(path, 0o444);
      }
    }
  }
}

function harden(text: string): string {
  const [marker] = text.split('\n', 1);
  const { jobs, ...workflow }: Workflow = parse(text);
  const hardened = {
    ...workflow,
    permissions: {},
    jobs: Object.fromEntries(Object.entries(jobs).map(([id, job]) => [id, hardenJob(id, job)])),
  };
  return `${marker}\n${annotate(stringify(hardened, { lineWidth: 0 }))}`;
}

function hardenJob(id: string, job: Job): Job {
  return {
    'timeout-minutes': 30,
    ...job,
    // It builds what other jobs publish, so it has nothing to write.
    ...(id === 'release' && { name: 'Build', permissions: { contents: 'read' } }),
    steps: job.steps.map(hardenStep),
  };
}

/** What each action has to be told. */
const INPUTS: Record<string, Record<string, unknown>> = {
  'actions/checkout': { 'persist-credentials': false },
  'actions/setup-go': { cache: false },
  'actions/setup-node': { 'package-manager-cache': false },
};

function hardenStep(step: Step): Step {
  const action = step.uses?.split('@')[0];
  if (action === undefined) {
    return step;
  }
  const inputs = { ...step.with, ...INPUTS[action] };
  return { ...step, uses: `${action}@${pinOf(action).sha}`, ...(Object.keys(inputs).length > 0 && { with: inputs }) };
}

/** Why a job needs more than reading. */
const REASONS: Record<string, string> = {
  'contents: write': 'creates the release and its tag',
  'id-token: write': 'trusted publishing',
};

/** Writes the version behind each pin and the reason behind each permission, for people and for update bots. */
function annotate(yaml: string): string {
  return yaml
    .replace(/uses: ([^@\s]+)@\S+$/gm, (use, action: string) => `${use} # ${pinOf(action).version}`)
    .replace(/^ +([a-z-]+: write)$/gm, (line, permission: string) => `${line} # ${REASONS[permission]}`);
}
