import { Component, type Project } from 'projen';
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
    for (const service of this.services) {
      service.check();
    }
  }
}
