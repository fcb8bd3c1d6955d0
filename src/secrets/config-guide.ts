import { type ConfigVariable, type IGuideText, SecretRule, type Service } from '../service';
import { keyText } from './dot-env';
import { writtenAs } from './written';

type PathOf = (variable: ConfigVariable) => string;

/**
 * The page that shows every variable and how it stands in each environment.
 */
export class ConfigGuide implements IGuideText {
  public static readonly FRONT = {
    title: 'Configuration',
    summary: 'Every config variable, its type, and how it stands in each environment',
  };

  private readonly pathOf?: PathOf;

  /**
   * @param pathOf how the typed config module names a variable; left out where there is none
   */
  constructor(pathOf?: PathOf) {
    this.pathOf = pathOf;
  }

  public render(service: Service): string {
    const { pathOf } = this;
    const environments = [...service.environments.map(({ name }) => name), 'test'];
    const header = ['Variable', ...(pathOf ? ['Read as'] : []), 'Type', ...environments];
    const rows = service.configVariables.map((variable) => [
      `\`${variable.name}\``,
      ...(pathOf ? [`\`config.${pathOf(variable)}\``] : []),
      typeOf(service, variable),
      ...environments.map((environment) => service.configState(variable, environment)),
    ]);
    const descriptions = service.configVariables.map(({ name, description }) => `- \`${name}\`: ${description}`);
    return `${INTRODUCTION}${pathOf ? TYPED_ACCESS : ''}
## How each variable stands

${[header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}

*set*: the environment has a value of its own. *defaulted*: the default, which is in \`.env.example\`. *referenced*: something outside this
repository brings it. *absent*: the service does without. *missing*: not configured yet.

## What each variable is for

${descriptions.join('\n')}
${waiversOf(service)}${placesOf(service)}${pathOf ? VERBS : ''}`;
  }
}

function typeOf(service: Service, { name, secret, type, rotateEvery }: ConfigVariable): string {
  const waived = service.tryFindWaiver(SecretRule.ROTATION, name) !== undefined;
  return [
    writtenAs(type),
    ...(secret ? ['secret'] : []),
    ...(rotateEvery && !waived ? [`rotates every ${rotateEvery}`] : []),
  ].join(', ');
}

/** The secrets that may come the way that is closed to all others. */
function waiversOf({ waivers }: Service): string {
  const rows = waivers
    .filter(({ rule }) => rule === SecretRule.ENVIRONMENT)
    .map(({ subject, reason }) => `| \`${subject}\` | ${reason} |`);
  return rows.length === 0
    ? ''
    : `
## Secrets that may be environment variables

Children and crash reports see these, in every environment.

| Secret | Why |
| --- | --- |
${rows.join('\n')}
`;
}

/** Where each secret is, in the environments that have a store for it. */
function placesOf(service: Service): string {
  const rows = service.secretReferences.map(({ variable, environment, store, key, property }) => {
    const found = service.secretStores.find((each) => each.environment === environment && each.store === store);
    return [`\`${variable}\``, environment, found?.title ?? store, `\`${keyText({ key, property })}\``];
  });
  const header = ['Secret', 'Environment', 'Store', 'Place'];
  return rows.length === 0
    ? ''
    : `
## Where the secrets are

${[header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}
`;
}

const INTRODUCTION = `A variable is declared once, in \`.projenrc.ts\`:

\`\`\`ts
service.config.add('STRIPE_API_KEY', { secret: true, description: 'Charges cards', requiredIn: ['staging', 'prod'] });
\`\`\`

\`APP_ENV\` names the environment; unset means \`prod\`, and one that is not declared is refused. The last of these wins: the default, the file of the
environment (\`.env.dev\` and \`.env.test\` only), the process environment, a file named by \`<NAME>_FILE\`, a store of secrets. Outside of \`dev\` and \`test\`
a secret comes from a file or a store: children and crash reports see environment variables.
`;

const TYPED_ACCESS = `
In the code, \`STRIPE_API_KEY\` is \`config.stripeApiKey\`, typed and frozen. A secret prints as \`[secret]\`; \`reveal()\` reads it. A
service with a wrong configuration does not start: it lists every problem at once and exits with code 78.
`;

const VERBS = `
## Commands

| command | does |
| --- | --- |
| \`npx projen config:check [environment]\` | lists everything that is wrong; \`--explain\` says where each value comes from, \`--matrix\` shows the table above |
| \`npx projen config:check <environment> --live\` | reads as a process of that environment would, stores and mounted files included |
| \`npx projen secrets:check [environment]\` | fails when a secret is older than it may get |
| \`npx projen secrets:rotate <VARIABLE> <environment>\` | replaces a secret; see [the runbook](runbooks/rotate-a-secret.md) |
| \`npx projen secrets:scan\` | looks for secrets in the files and in the history of the repository |
`;
