import { ConfigState, type ConfigVariable, type Service, type ServiceProblem } from '../service';

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
  return ['# Every config variable of this service. Nothing reads this file.', ...blocks].join('\n\n');
}

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

function describe(service: Service, variable: ConfigVariable): string[] {
  const states = [...service.environments.map(({ name }) => name), 'test'].map(
    (environment) => `${environment}: ${service.configState(variable, environment)}`,
  );
  const kind = variable.secret ? `secret ${variable.type.shape}` : variable.type.shape;
  return [`# ${variable.description}`, `# ${kind}; ${states.join(', ')}`];
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
