import { Fact, FactKind, type FactProps } from './fact';
import type { ServiceProblem } from './problem';
import { nameProblems, referenceProblems } from './rules';
import type { Service } from './service';
import type { ServiceListener } from './service-listener';
import type { WorkloadIdentity } from './workload-identity';

/**
 * What there is to say about an identity that some processes have to themselves.
 */
export interface ProcessIdentityProps extends FactProps {
  /**
   * The processes that have it, by name. The others cannot use it.
   */
  readonly processes: string[];

  /**
   * How they are known, one for each cloud they talk to.
   */
  readonly identities: WorkloadIdentity[];
}

/**
 * An account of their own for some processes, by which clouds know them.
 *
 * Stated by what needs rights in a cloud; whatever runs the processes gives them the account, and the way to where its credentials are.
 *
 * @example
 * service.state(new ProcessIdentity('reports', {
 *   processes: ['report'],
 *   identities: [WorkloadIdentity.gke()],
 * }));
 */
export class ProcessIdentity extends Fact {
  /** The processes that have it. */
  public readonly processes: string[];
  /** How they are known. */
  public readonly identities: WorkloadIdentity[];

  /**
   * @param name what the account is called, after the name of the service
   */
  constructor(name: string, props: ProcessIdentityProps) {
    super(FactKind.IDENTITY, name, props);
    this.processes = props.processes;
    this.identities = props.identities.filter(
      (identity, i, all) => all.findIndex((other) => other._equals(identity)) === i,
    );
  }

  public problems(service: Service): ServiceProblem[] {
    const problems = [
      ...nameProblems(this, 20, 'backups'),
      ...this.processes.flatMap((name) => referenceProblems(this, 'process', name, service.processes)),
    ];
    const titles = this.identities.map(({ title }) => title);
    const twice = titles.find((title, i) => titles.indexOf(title) !== i);
    if (twice !== undefined) {
      problems.push({
        place: this.place,
        message: 'has two identities of one kind, and a service account is known by one',
        value: twice,
        fix: 'give all of them the same one, with the rights of both',
      });
    }
    for (const other of service.identities.filter(({ name }) => name < this.name)) {
      for (const process of other.processes.filter((name) => this.processes.includes(name))) {
        problems.push({
          place: this.place,
          message: `is that of process ${process}, which has ${other.place} already`,
          fix: 'give it one of the two',
        });
      }
    }
    const known = service.environments.map(({ name }) => name);
    for (const identity of this.identities) {
      for (const environment of identity._environments.filter((name) => !known.includes(name))) {
        problems.push({
          place: `${this.place}, ${identity.title}`,
          message: 'names an environment the service does not have',
          value: environment,
          fix: `use one of ${known.join(', ')}, or state the environment`,
        });
      }
      for (const { environment, value, example } of identity._flaws()) {
        problems.push({
          place: `${this.place}, ${identity.title} in ${environment}`,
          message: 'is named in no way that it could have',
          value,
          fix: `give one such as ${example}`,
        });
      }
    }
    return problems;
  }

  /** @internal */
  public _announce(listener: ServiceListener): void {
    listener.identityStated(this);
  }
}
