import { type ConfigVariable, ConfigState, type Service } from '../service';

/**
 * The complete documentation of the configuration, as a file to copy from.
 */
export function renderDotEnvExample(service: Service): string {
  const blocks = service.configVariables.map((variable) => {
    const shown = variable.secret || variable.defaultValue === undefined ? (variable.example ?? '') : variable.type.format(variable.defaultValue);
    return [...describe(service, variable), `#${variable.name}=${quote(shown)}`].join('\n');
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
      return [`# ${variable.description}\n${variable.name}=${quote(variable.type.format(value))}`];
    }
    const provider = variable.providedBy[environment];
    return provider === undefined ? [] : [`# ${variable.description}: from ${provider}, unless it is set\n#${variable.name}=`];
  });
  const missing = service.configVariables
    .filter((variable) => [ConfigState.MISSING, ConfigState.REFERENCED].includes(service.configState(variable, environment)))
    .filter((variable) => variable.providedBy[environment] === undefined)
    .map((variable) => `# ${variable.name} must be set in the shell: ${variable.description}`);
  return [`# APP_ENV=${environment}: ${purpose}. Variables of the shell win over this file.`, ...blocks, ...missing].join('\n\n');
}

function describe(service: Service, variable: ConfigVariable): string[] {
  const states = [...service.environments.map(({ name }) => name), 'test'].map(
    (environment) => `${environment}: ${service.configState(variable, environment)}`,
  );
  const kind = variable.secret ? `secret ${variable.type.shape}` : variable.type.shape;
  return [`# ${variable.description}`, `# ${kind}; ${states.join(', ')}`];
}

/** Values with blanks or comment signs need quotes to be read back as they are. */
function quote(value: string): string {
  return /^[\w./:,@%+-]*$/.test(value) ? value : `'${value}'`;
}
