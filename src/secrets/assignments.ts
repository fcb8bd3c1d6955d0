import {
  type ConfigVariable,
  type Fact,
  SecretReference,
  SecretStore,
  type Service,
  type ServiceProblem,
} from '../service';
import type { ISecretsProvider } from './provider';

/** A store, chosen for secrets of some environments. */
export interface Assignment {
  readonly provider: ISecretsProvider;
  readonly environments: readonly string[];
  /** By name; left out, it keeps every secret that no other store of the environment is chosen for by name. */
  readonly variables?: readonly string[];
}

/**
 * Which store keeps which secret in which environment.
 */
export class Assignments {
  private readonly all: Assignment[] = [];

  constructor(private readonly service: Service) {}

  public add(assignment: Assignment): void {
    this.all.push(assignment);
  }

  /** The secrets that a store keeps in an environment. */
  public secretsOf(assignment: Assignment, environment: string): ConfigVariable[] {
    return this.secrets().filter((variable) => this.keeperOf(variable, environment) === assignment);
  }

  /** The stores, and where each keeps what. */
  public facts(): Fact[] {
    return this.all.flatMap((assignment) =>
      assignment.environments.flatMap((environment) => this.factsOf(assignment, environment)),
    );
  }

  public problems(): ServiceProblem[] {
    const known = this.service.environments.map(({ name }) => name);
    const secrets = this.secrets().map(({ name }) => name);
    const misplaced = this.all.flatMap(({ provider, environments, variables = [] }) => [
      ...(environments.length === 0
        ? [
            {
              place: placeOf(provider),
              message: 'is chosen for no environment',
              fix: `name some of ${known.join(', ')}`,
            },
          ]
        : []),
      ...environments
        .filter((environment) => !known.includes(environment))
        .map((environment) => ({
          place: placeOf(provider),
          message: 'is chosen for an environment the service does not have',
          value: environment,
          fix: `use one of ${known.join(', ')}, or state the environment`,
        })),
      ...variables
        .filter((variable) => !secrets.includes(variable))
        .map((variable) => ({
          place: placeOf(provider),
          message: 'is chosen for something that is no secret config variable',
          value: variable,
          fix: secrets.length === 0 ? 'declare it with secret: true' : `use some of ${secrets.join(', ')}`,
        })),
    ]);
    return [...misplaced, ...known.flatMap((environment) => this.conflictsIn(environment))];
  }

  private conflictsIn(environment: string): ServiceProblem[] {
    const here = this.all.filter(({ environments }) => environments.includes(environment));
    const catchAll = here.filter(({ variables }) => variables === undefined);
    const names = here.flatMap(({ variables = [] }) => variables);
    const twice = [...new Set(names.filter((name, i) => names.indexOf(name) < i))].sort();
    const stores = here.map(({ provider }) => provider.store);
    return [
      ...(catchAll.length > 1
        ? [
            {
              place: `secrets in ${environment}`,
              message: `are all kept by ${catchAll.map(({ provider }) => provider.title).join(' and by ')}`,
              fix: 'name the variables of all stores but one: use(…, { environments, variables: […] })',
            },
          ]
        : []),
      ...twice.map((name) => ({
        place: `${name} in ${environment}`,
        message: 'is kept by more than one store',
        fix: 'name it once',
      })),
      ...(new Set(stores).size < stores.length
        ? [
            {
              place: `secrets in ${environment}`,
              message: 'are kept by two stores of one name',
              value: stores.join(', '),
              fix: 'choose the store once for the environment, with all of its variables',
            },
          ]
        : []),
    ];
  }

  private factsOf(assignment: Assignment, environment: string): Fact[] {
    const { service } = this;
    const { provider } = assignment;
    const { store, storeKind, title } = provider;
    const statedBy = 'SecretsConfig';
    const access = provider.accessIn(service, environment);
    return [
      new SecretStore(store, { environment, storeKind, title, ...access, statedBy }),
      ...this.secretsOf(assignment, environment).map(
        (variable) =>
          new SecretReference(variable.name, {
            environment,
            store,
            ...provider.keyOf(service, variable, environment),
            statedBy,
          }),
      ),
    ];
  }

  private keeperOf({ name }: ConfigVariable, environment: string): Assignment | undefined {
    const here = this.all.filter(({ environments }) => environments.includes(environment));
    return (
      here.find(({ variables }) => variables?.includes(name)) ?? here.find(({ variables }) => variables === undefined)
    );
  }

  private secrets(): ConfigVariable[] {
    return this.service.configVariables.filter(({ secret }) => secret);
  }
}

function placeOf({ title }: ISecretsProvider): string {
  return `secrets provider ${title}`;
}
