import type { ConfigVariable, IGuideText, Service } from '../service';
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
      typeOf(variable),
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
`;
  }
}

function typeOf({ secret, type, rotateEvery }: ConfigVariable): string {
  return [
    writtenAs(type),
    ...(secret ? ['secret'] : []),
    ...(rotateEvery ? [`rotates every ${rotateEvery}`] : []),
  ].join(', ');
}

const INTRODUCTION = `A variable is declared once, in \`.projenrc.ts\`:

\`\`\`ts
service.config.add('STRIPE_API_KEY', { secret: true, description: 'Charges cards', requiredIn: ['staging', 'prod'] });
\`\`\`

\`APP_ENV\` names the environment; unset means \`prod\`. The last of these wins: the default, the file of the environment
(\`.env.dev\` and \`.env.test\` only), the process environment, a file named by \`<NAME>_FILE\`.
`;

const TYPED_ACCESS = `
In the code, \`STRIPE_API_KEY\` is \`config.stripeApiKey\`, typed and frozen. A secret prints as \`[secret]\`; \`reveal()\` reads it. A
service with a wrong configuration does not start: it lists every problem at once and exits with code 78.
`;
