import type { DataFolder } from '../runtime/node';
import {
  type BackingService,
  ConfigShape,
  ConfigState,
  type ConfigVariable,
  ProcessKind,
  type Service,
  type ServiceProcess,
} from '../service';
import { BACKING_CONTAINERS, type BackingContainer, passwordOf } from './backing-containers';

/** Where the secrets of the local stack are; ignored by Git. */
export const SECRETS_FOLDER = '.compose/secrets';

/** A backing service that has a container in the local stack. */
export interface LocalBackingService {
  readonly fact: BackingService;
  readonly container: BackingContainer;
}

/** What `tools/container/secrets.ts` makes. */
export interface SecretFiles {
  readonly folder: string;
  /** Files that hold a random password each. */
  readonly passwords: string[];
  /** The text of other files; `{name}` stands for a password. */
  readonly texts: Record<string, string>;
  /** Secrets that a developer must bring, with what they are for. */
  readonly asked: Record<string, string>;
}

/**
 * The service as it runs on one machine: in its first environment, with containers for what it talks to.
 */
export class LocalStack {
  /** The environment, by name. */
  public readonly environment: string;
  /** The backing services with a container, by name. */
  public readonly backingServices: LocalBackingService[];

  constructor(
    public readonly service: Service,
    public readonly dataFolders: readonly DataFolder[] = [],
  ) {
    this.environment = service.environments[0]?.name ?? 'dev';
    this.backingServices = service.backingServices.flatMap((fact) => {
      const container = BACKING_CONTAINERS[fact.backingKind];
      return container === undefined || fact.behind !== undefined || this.isAbsent(fact) ? [] : [{ fact, container }];
    });
  }

  /** The values a process gets as environment variables. */
  public valuesOf(process: ServiceProcess): Record<string, string> {
    const values = this.service.variablesOf(process).flatMap((variable): Array<[string, string]> => {
      if (this.isSecret(variable)) {
        return [[variable.fileVariable, `/run/secrets/${variable.name}`]];
      }
      const value = this.plainValue(variable);
      return value === undefined ? [] : [[variable.name, value]];
    });
    return { APP_ENV: this.environment, ...Object.fromEntries(values) };
  }

  /** The secrets a process gets as files. */
  public secretsOf(process: ServiceProcess): string[] {
    return this.service
      .variablesOf(process)
      .filter((variable) => this.isSecret(variable))
      .map(({ name }) => name);
  }

  /** The name of its database and of the user; one that is not called after its kind adds its own name. */
  public databaseOf({ name, backingKind }: BackingService): string {
    const { serviceName } = this.service;
    const parts = name === backingKind ? [serviceName] : [serviceName, name.replace(/-database$/, '')];
    return parts.join('_').replaceAll('-', '_');
  }

  /** Whether nothing but scheduled jobs talks to it, which are run by hand here. */
  public isForJobsOnly(fact: BackingService): boolean {
    return this.service.processes.every(
      (process) => process.processKind === ProcessKind.SCHEDULED_JOB || !this.reaches(process, fact),
    );
  }

  /** The folders a process finds again: those of all processes, and those that one of its variables leads to. */
  public dataFoldersOf(process: ServiceProcess): DataFolder[] {
    const names = this.service.variablesOf(process).map(({ name }) => name);
    return this.dataFolders.filter(({ urls }) => urls === undefined || names.some((name) => name in urls));
  }

  /** What a process talks to within the stack. */
  public partnersOf(process: ServiceProcess): LocalBackingService[] {
    return this.backingServices.filter(({ fact }) => this.reaches(process, fact));
  }

  /** Here nothing stands before a server, so what leads behind it leads to it. */
  private reaches(process: ServiceProcess, front: BackingService): boolean {
    return this.service.backingServices.some(
      (fact) =>
        (fact.name === front.name || fact.behind === front.name) && process.talksTo(fact) && !this.isAbsent(fact),
    );
  }

  /** Whether a process talks to something that has no container here. */
  public leavesStack(process: ServiceProcess): boolean {
    const inside = this.backingServices.map(({ fact }) => fact.name);
    return this.service.backingServices.some(
      (fact) =>
        process.talksTo(fact) &&
        !inside.includes(fact.behind ?? fact.name) &&
        !this.isAbsent(fact) &&
        this.urlInFolder(fact.urlVariable) === undefined,
    );
  }

  /** Every file with a secret, and where its text comes from. */
  public secretFiles(): SecretFiles {
    const secrets = this.service.configVariables.filter((variable) => this.isSecret(variable));
    const known = secrets.flatMap((variable): Array<[string, string]> => {
      const url = this.urlOf(variable);
      return url === undefined ? [] : [[variable.name, url]];
    });
    const texts = Object.fromEntries(known);
    return {
      folder: SECRETS_FOLDER,
      passwords: this.backingServices
        .filter(({ container }) => container.password)
        .map(({ fact }) => passwordOf(fact.name)),
      texts,
      asked: Object.fromEntries(
        secrets.filter(({ name }) => !(name in texts)).map(({ name, description }) => [name, description]),
      ),
    };
  }

  private isSecret(variable: ConfigVariable): boolean {
    return variable.secret && this.isNeeded(variable);
  }

  private isNeeded(variable: ConfigVariable): boolean {
    const state = this.service.configState(variable, this.environment);
    return state === ConfigState.REFERENCED || state === ConfigState.MISSING;
  }

  /** What no URL leads to in this environment is not there. */
  private isAbsent({ urlVariable }: BackingService): boolean {
    const variable = this.service.tryFindConfigVariable(urlVariable);
    return variable !== undefined && this.service.configState(variable, this.environment) === ConfigState.ABSENT;
  }

  private plainValue(variable: ConfigVariable): string | undefined {
    if (variable.secret) {
      return undefined;
    }
    const url = this.urlOf(variable);
    if (url !== undefined) {
      return url;
    }
    // What listens on the machine's own loopback only cannot be reached in its container.
    if (variable.name === 'HOST') {
      return '0.0.0.0';
    }
    const value = variable.values[this.environment];
    return value === undefined ? undefined : variable.type.format(value);
  }

  /** Where a variable leads within the stack: to the backing service that names it, or to the only one whose URLs look like its own. */
  private urlOf(variable: ConfigVariable): string | undefined {
    const behind = this.service.backingServices.find(({ urlVariable }) => urlVariable === variable.name)?.behind;
    const partner =
      this.backingServices.find(({ fact }) => fact.urlVariable === variable.name || fact.name === behind) ??
      this.onlyOneLike(variable);
    if (partner !== undefined) {
      const { fact, container } = partner;
      return container.url(fact.name, this.databaseOf(fact)).replace('{password}', `{${passwordOf(fact.name)}}`);
    }
    const url = this.urlInFolder(variable.name);
    if (url !== undefined) {
      return url;
    }
    const folder = this.dataFolders.find(({ urls }) => urls === undefined);
    return folder !== undefined && schemesOf(variable).includes('file')
      ? `file:${folder.path}/${this.service.serviceName}.db`
      : undefined;
  }

  /** Unless the declaration says where it leads. */
  private urlInFolder(name: string): string | undefined {
    return this.service.tryFindConfigVariable(name)?.values[this.environment] === undefined
      ? this.dataFolders.find(({ urls }) => urls?.[name] !== undefined)?.urls?.[name]
      : undefined;
  }

  /** Scratch databases of jobs are nobody else's; between two others, nobody can tell which is meant. */
  private onlyOneLike(variable: ConfigVariable): LocalBackingService | undefined {
    const alike = this.isNeeded(variable)
      ? this.backingServices.filter(({ fact }) => !this.isForJobsOnly(fact) && this.leadsTo(variable, fact))
      : [];
    return alike.length === 1 ? alike[0] : undefined;
  }

  private leadsTo(variable: ConfigVariable, { urlVariable }: BackingService): boolean {
    const theirs = schemesOf(this.service.tryFindConfigVariable(urlVariable));
    return schemesOf(variable).some((scheme) => theirs.includes(scheme));
  }
}

function schemesOf(variable: ConfigVariable | undefined): string[] {
  return variable?.type.shape === ConfigShape.URL ? (variable.type.constraints['schemes'] ?? []) : [];
}
