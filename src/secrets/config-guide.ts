import { type IGuideText, type Service } from '../service';
import { memberOf } from './node-config-module';

/**
 * The page that shows every variable and how it stands in each environment.
 */
export class ConfigGuide implements IGuideText {
  public static readonly FRONT = {
    title: 'Configuration',
    summary: 'Every config variable, its type, and how it stands in each environment',
  };

  public render(service: Service): string {
    const environments = [...service.environments.map(({ name }) => name), 'test'];
    const header = ['Variable', 'Read as', 'Type', ...environments];
    const rows = service.configVariables.map((variable) => [
      `\`${variable.name}\``,
      `\`config.${memberOf(variable)}\``,
      variable.secret ? `${variable.type.shape}, secret` : variable.type.shape,
      ...environments.map((environment) => service.configState(variable, environment)),
    ]);
    const descriptions = service.configVariables.map(({ name, description }) => `- \`${name}\`: ${description}`);
    return `${INTRODUCTION}
## How each variable stands

${[header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}

*set*: the environment has a value of its own. *default*: the same everywhere. *referenced*: something outside this
repository brings it. *absent*: the service does without. *missing*: not configured yet.

## What each variable is for

${descriptions.join('\n')}
`;
  }
}

const INTRODUCTION = `A variable is declared once, in \`.projenrc.ts\`:

\`\`\`ts
service.config.add('STRIPE_API_KEY', { secret: true, description: 'Charges cards', requiredIn: ['staging', 'prod'] });
\`\`\`

and is read, typed and frozen, as \`config.stripeApiKey\`. \`APP_ENV\` names the environment; unset means \`prod\`. The last of
these wins: the default, the file of the environment (\`.env.dev\` and \`.env.test\` only), the process environment, a file named
by \`<NAME>_FILE\`. A secret prints as \`[secret]\`; \`reveal()\` reads it. A service with a wrong configuration does not start: it lists
every problem at once and exits with code 78.

`;
