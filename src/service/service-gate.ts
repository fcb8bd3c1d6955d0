import { Component, type Project } from 'projen';
import { ContradictionError } from './problem';
import type { Service } from './service';

/**
 * Checks all services of a repository before its first file is written or deleted.
 *
 * It sits on the root project: a subproject's own hooks run only after the root has
 * already removed files that no longer have an owner.
 *
 * @internal
 */
export class ServiceGate extends Component {
  public static of(root: Project): ServiceGate {
    const found = root.components.find((component): component is ServiceGate => component instanceof ServiceGate);
    return found ?? new ServiceGate(root);
  }

  private readonly services: Service[] = [];

  private constructor(root: Project) {
    super(root, 'ServiceGate');
  }

  public guard(service: Service): void {
    this.services.push(service);
  }

  public override preSynthesize(): void {
    const found = this.services
      .map((service) => [service.serviceName, service.problems()] as const)
      .filter(([, problems]) => problems.length > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    if (found.length > 0) {
      throw new ContradictionError(found);
    }
    for (const service of this.services) {
      service._close();
    }
  }
}
