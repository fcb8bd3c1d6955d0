import { ConfigState, type ConfigVariable, type Service, type ServiceProblem } from '../service';
import { writtenAs } from './written';

/**
 * The complete documentation of the configuration, as a file to copy from.
 */
export function renderDotEnvExample(service: Service): string {
  const blocks = service.configVariables.map((variable) => {
    const shown =
      variable.secret || variable.defaultValue === undefined
        ? (variable.example ?? '')
        : variable.type.format(variable.defaultValue);
    const assignment = `#${variable.name}=${quoted(shown) ?? JSON.stringify(shown)}`;
    return [...describe(service, variable), assignment.replaceAll('\n', '\n#')].join('\n');
  });
  return [EXAMPLE, ...blocks].join('\n\n');
}

const EXAMPLE = `# Every config variable of this service, with its default or an example. Nothing reads this file.
# set: the environment has a value of its own; referenced: something outside brings it; absent: not needed; missing: not configured yet`;

/**
 * The values of an environment that runs on a developer's machine: safe to commit, and enough to run offline.
 */
export function renderDotEnv(service: Service, environment: string, purpose: string): string {
  const blocks = service.configVariables.flatMap((variable) => {
    const value = variable.secret ? undefined : variable.values[environment];
    if (value !== undefined) {
      return [`# ${variable.description}\n${variable.name}=${quoted(variable.type.format(value))}`];
    }
    const provider = variable.providedBy[environment];
    return provider === undefined
      ? []
      : [`# ${variable.description}: from ${provider}, unless it is set\n#${variable.name}=`];
  });
  const missing = service.configVariables
    .filter((variable) =>
      [ConfigState.MISSING, ConfigState.REFERENCED].includes(service.configState(variable, environment)),
    )
    .filter((variable) => variable.providedBy[environment] === undefined)
    .map((variable) => `# ${variable.name} must be set in the shell: ${variable.description}`);
  return [
    `# APP_ENV=${environment}: ${purpose}. Variables of the shell win over this file.`,
    ...blocks,
    ...missing,
  ].join('\n\n');
}

/**
 * What the platform must provide in an environment that no developer runs: values, and where the secrets come from. For people,
 * ConfigMaps and pipelines; the running service does not read it.
 */
export function renderDotEnvOfPlatform(service: Service, environment: string): string {
  const blocks = service.configVariables
    .map((variable) => [variable, platformLines(service, variable, environment)] as const)
    .filter(([, lines]) => lines.length > 0)
    .map(([{ description }, lines]) => [`# ${description}`, ...lines].join('\n'));
  return [PLATFORM(environment), ...blocks].join('\n\n');
}

const PLATFORM = (
  environment: string,
) => `# APP_ENV=${environment}: what the platform must provide. The running service does not read this file.
# Values are set in the environment of its processes; what is left out has the default of .env.example.`;

function platformLines(service: Service, variable: ConfigVariable, environment: string): string[] {
  const { name } = variable;
  const value = variable.secret ? undefined : variable.values[environment];
  if (value !== undefined) {
    return [`${name}=${quoted(variable.type.format(value))}`];
  }
  const reference = service.tryFindSecretReference(name, environment);
  if (reference !== undefined) {
    const store = service.secretStores.find(
      (found) => found.environment === environment && found.store === reference.store,
    );
    return [`# ${name}: secret, from ${store?.title ?? reference.store}, ${keyText(reference)}`];
  }
  switch (service.configState(variable, environment)) {
    case ConfigState.REFERENCED: {
      const provider = variable.providedBy[environment];
      return [
        `# ${name}: ${variable.secret ? 'secret, ' : ''}from ${provider ?? `a file that ${variable.fileVariable} names`}`,
      ];
    }
    case ConfigState.MISSING:
      return [`# ${name}: not configured yet, and ${environment} cannot do without it`];
    default:
      return [];
  }
}

/** Where in its store a secret is, such as `orders/prod/STRIPE_API_KEY` or `orders/prod#password`. */
export function keyText({ key, property }: { readonly key: string; readonly property?: string }): string {
  return property === undefined ? key : `${key}#${property}`;
}

function describe(service: Service, variable: ConfigVariable): string[] {
  const kind = `${variable.secret ? 'secret ' : ''}${writtenAs(variable.type)}`;
  return [`# ${variable.description}`, `# ${[kind, ...standing(service, variable)].join('; ')}`];
}

/** How a variable stands where it is not at its default, such as `set in dev, test`. */
function standing(service: Service, variable: ConfigVariable): string[] {
  const environments = [...service.environments.map(({ name }) => name), 'test'];
  return Object.values(ConfigState)
    .filter((state) => state !== ConfigState.DEFAULTED)
    .map((state) => [state, environments.filter((name) => service.configState(variable, name) === state)] as const)
    .filter(([, names]) => names.length > 0)
    .map(
      ([state, names]) => `${state} ${names.length === environments.length ? 'everywhere' : `in ${names.join(', ')}`}`,
    );
}

/**
 * Values that no `.env` file can carry.
 */
export function dotEnvProblems(service: Service, environments: readonly string[]): ServiceProblem[] {
  return service.configVariables
    .filter(({ secret }) => !secret)
    .flatMap((variable) =>
      environments
        .filter((environment) => quoted(textIn(variable, environment) ?? '') === undefined)
        .map((environment) => ({
          place: `${variable.place}, ${environment}`,
          message: 'has a value that a .env file cannot carry: it has a carriage return, or quotes of every kind',
          fix: 'give another value, or let it be provided from outside',
        })),
    );
}

function textIn(variable: ConfigVariable, environment: string): string | undefined {
  const value = variable.values[environment];
  return value === undefined || variable.type.mismatch(value) !== undefined ? undefined : variable.type.format(value);
}

/** A value as `util.parseEnv` reads it back, or nothing where it would read another. */
function quoted(value: string): string | undefined {
  if (/^[\w./:,@%+-]*$/.test(value)) {
    return value;
  }
  // Between double quotes, \n is a line break.
  const mark = ["'", '`', '"'].find((quote) => !value.includes(quote) && !(quote === '"' && value.includes('\\n')));
  return mark === undefined || value.includes('\r') ? undefined : `${mark}${value}${mark}`;
}
