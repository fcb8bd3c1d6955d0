import { Fact, FactKind, type FactProps } from './fact';
import type { ServiceProblem } from './problem';
import { nameProblems, textProblems } from './rules';
import type { Service } from './service';
import type { ServiceListener } from './service-listener';

/**
 * What a check can hold up.
 */
export enum CheckStage {
  /** A commit, on the developer's machine: it must be quick. */
  COMMIT = 'commit',
  /** A pull request. */
  PULL_REQUEST = 'pull request',
  /** A release. */
  RELEASE = 'release',
}

/**
 * What there is to say about a check.
 */
export interface CheckProps extends FactProps {
  /**
   * The task that fails when something is wrong.
   */
  readonly task: string;

  /**
   * What it makes sure of, in a few words.
   */
  readonly description: string;

  /**
   * What it holds up.
   *
   * @default - pull requests and releases
   */
  readonly stages?: CheckStage[];
}

/**
 * A command that gates a commit, a pull request or a release.
 *
 * @example
 * service.state(new Check('types', { task: 'typecheck', description: 'The types agree', stages: [CheckStage.COMMIT] }));
 */
export class Check extends Fact {
  /** The task that fails when something is wrong. */
  public readonly task: string;
  /** What it makes sure of. */
  public readonly description: string;
  /** What it holds up, in the order commit, pull request, release. */
  public readonly stages: CheckStage[];

  constructor(name: string, props: CheckProps) {
    super(FactKind.CHECK, name, props);
    this.task = props.task;
    this.description = props.description;
    const stages = props.stages ?? [CheckStage.PULL_REQUEST, CheckStage.RELEASE];
    this.stages = Object.values(CheckStage).filter((stage) => stages.includes(stage));
  }

  public problems(_service: Service): ServiceProblem[] {
    const problems = [...nameProblems(this, 63, 'types'), ...textProblems(this, { description: this.description })];
    // The task ends up in a Git hook and a workflow, which shells read.
    if (!/^[a-z][a-z0-9:_-]*$/.test(this.task)) {
      problems.push({
        place: this.place,
        message: 'names a task that cannot be one',
        value: this.task,
        fix: 'name a task such as "typecheck"',
      });
    }
    if (this.stages.length === 0) {
      problems.push({ place: this.place, message: 'holds up nothing', fix: 'name at least one stage' });
    }
    return problems;
  }

  /** @internal */
  public _announce(listener: ServiceListener): void {
    listener.checkStated(this);
  }
}
