import { Fact, FactKind, type FactProps } from './fact';
import type { ServiceProblem } from './problem';
import { nameProblems, textProblems } from './rules';
import type { Service } from './service';
import type { ServiceListener } from './service-listener';

/**
 * What there is to say about containers that run beside the service.
 */
export interface LocalContainersProps extends FactProps {
  /**
   * What they are for, in a few words.
   */
  readonly description: string;

  /**
   * The compose files that describe them, below the project's folder: the first one, and what is laid over it.
   */
  readonly files: string[];

  /**
   * The network, declared in those files, by which they and the long-running processes reach each other.
   */
  readonly network: string;

  /**
   * Config variables that lead to them, which are taken from the shell: without a value there the processes do without. Those that nobody
   * declares are left out.
   *
   * @default - none
   */
  readonly variables?: string[];
}

/**
 * Containers that no process needs, and that a developer may have beside the service on one machine.
 *
 * Stated by what knows them, read by what puts the local stack together, where they are a profile.
 *
 * @example
 * service.state(new LocalContainers('mail', {
 *   description: 'Shows the mail that would be sent',
 *   files: ['tools/mail/compose.yaml'],
 *   network: 'mail',
 * }));
 */
export class LocalContainers extends Fact {
  /** What they are for. */
  public readonly description: string;
  /** The compose files, the first one and what is laid over it. */
  public readonly files: string[];
  /** The network they share with the long-running processes. */
  public readonly network: string;
  /** Config variables that are taken from the shell. */
  public readonly variables: string[];

  /**
   * @param name the name of the profile, which their files give each of them
   */
  constructor(name: string, props: LocalContainersProps) {
    super(FactKind.LOCAL_CONTAINERS, name, props);
    this.description = props.description;
    this.files = props.files;
    this.network = props.network;
    this.variables = props.variables ?? [];
  }

  public problems(_service: Service): ServiceProblem[] {
    return [
      ...nameProblems(this, 63, 'mail'),
      ...textProblems(this, { description: this.description, network: this.network }),
      ...(this.files.length > 0
        ? []
        : [{ place: this.place, message: 'has no compose file', fix: 'name at least one in files' }]),
    ];
  }

  /** @internal */
  public _announce(listener: ServiceListener): void {
    listener.localContainersStated(this);
  }
}
