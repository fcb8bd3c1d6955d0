import { Project } from 'projen';
import {
  ConfigVariable,
  type Fact,
  type Metric,
  Service,
  ServiceListener,
  type ServiceOptions,
  ServiceProcess,
} from '../../src/service';

/** A service that is stated, never synthesized: nothing is written. */
export function serviceOf(facts: Fact[] = [], options: ServiceOptions = {}): Service {
  const service = new Service(new Project({ name: 'orders', outdir: '/nonexistent/orders' }), options);
  for (const fact of facts) {
    service.state(fact);
  }
  return service;
}

/** Every problem as `place: message => fix`. */
export function problemsOf(facts: Fact[], options?: ServiceOptions): string[] {
  return serviceOf(facts, options)
    .problems()
    .map(({ place, message, fix }) => `${place}: ${message} => ${fix}`);
}

export const variable = (name: string, more: Partial<ConstructorParameters<typeof ConfigVariable>[1]> = {}) =>
  new ConfigVariable(name, { description: 'What it is for', ...more });

/** What a long-running process refers to by default. */
export const ports = () => [variable('PORT'), variable('MANAGEMENT_PORT')];

export const web = (more: Partial<Parameters<typeof ServiceProcess.web>[1]> = {}) =>
  ServiceProcess.web('web', { command: ['serve'], description: 'Answers requests', ...more });

/** Every order of a few things. */
export function permutations<T>(things: readonly T[]): T[][] {
  return things.length < 2
    ? [[...things]]
    : things.flatMap((first, index) =>
        permutations(things.filter((_, other) => other !== index)).map((rest) => [first, ...rest]),
      );
}

/** Remembers the names of the facts it hears of. */
export class Ear extends ServiceListener {
  public readonly heard: string[] = [];

  public override configVariableStated({ name }: ConfigVariable): void {
    this.heard.push(name);
  }

  public override metricStated({ name }: Metric): void {
    this.heard.push(name);
  }
}
