import { Fact, FactKind, type FactProps } from './fact';
import type { ServiceProblem } from './problem';
import { nameProblems, textProblems } from './rules';
import type { Service } from './service';
import type { ServiceListener } from './service-listener';

/**
 * What a guide is read for.
 */
export enum GuideKind {
  /** To learn what a capability does and how to use it. */
  CAPABILITY = 'capability',
  /** To act when an alert fires. */
  RUNBOOK = 'runbook',
  /** To learn why something is as it is. */
  DECISION = 'decision',
}

/**
 * Writes a guide's text once all facts are known.
 *
 * @example
 * const text = { render: ({ processes }) => processes.map(({ name, description }) => `- ${name}: ${description}`).join('\n') };
 */
export interface IGuideText {
  /**
   * The Markdown below the title.
   *
   * @param service the service, with all its facts
   */
  render(service: Service): string;
}

/**
 * What there is to say about a guide.
 */
export interface GuideProps extends FactProps {
  /**
   * The title.
   */
  readonly title: string;

  /**
   * What is in it, as one sentence for the table of contents.
   */
  readonly summary: string;

  /**
   * What it is read for.
   *
   * @default GuideKind.CAPABILITY
   */
  readonly kind?: GuideKind;

  /**
   * The Markdown below the title, read late so that it can show other facts.
   */
  readonly text: IGuideText;
}

/**
 * A page a person reads.
 *
 * @example
 * service.state(new Guide('queue-stuck', {
 *   kind: GuideKind.RUNBOOK,
 *   title: 'The mail queue is stuck',
 *   summary: 'What to look at when no mail leaves',
 *   text: { render: () => 'Look at the worker first: …' },
 * }));
 */
export class Guide extends Fact {
  /** The title. */
  public readonly title: string;
  /** What is in it. */
  public readonly summary: string;
  /** What it is read for. */
  public readonly guideKind: GuideKind;
  /** The Markdown below the title. */
  public readonly text: IGuideText;

  /**
   * @param name the file's name without its ending
   */
  constructor(name: string, props: GuideProps) {
    super(FactKind.GUIDE, name, props);
    this.title = props.title;
    this.summary = props.summary;
    this.guideKind = props.kind ?? GuideKind.CAPABILITY;
    this.text = props.text;
  }

  public problems(_service: Service): ServiceProblem[] {
    return [
      ...nameProblems(this, 100, 'queue-stuck'),
      ...textProblems(this, { title: this.title, summary: this.summary }),
    ];
  }

  /** @internal */
  public override _late(service: Service): object {
    return { text: this.text.render(service) };
  }

  /** @internal */
  public _announce(listener: ServiceListener): void {
    listener.guideStated(this);
  }
}
