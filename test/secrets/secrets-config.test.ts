import { Project } from 'projen';
import { describe, expect, test } from 'vitest';
import { Guides } from '../../src/guides';
import { SecretsConfig } from '../../src/secrets';
import { ConfigType, Duration, Service, ServiceProcess } from '../../src/service';
import { permutations, variable } from '../service/support';
import { inFolder, synth } from '../support/synth';
import { nodeConfig, plainConfig } from './support';

function guideOf(files: (outdir: string) => Project): string {
  return synth(files)['docs/configuration.md']?.split('\n').slice(3).join('\n') ?? '';
}

describe('the configuration of a project', () => {
  test('is declared through one component, which is found again', () => {
    inFolder((outdir) => {
      const project = new Project({ name: 'orders', outdir });
      expect(SecretsConfig.of(project)).toBeUndefined();
      const config = new SecretsConfig(project);
      const declared = config.add('KEY', { secret: true, description: 'Charges cards' });
      expect(SecretsConfig.of(project)).toBe(config);
      expect(config.service).toBe(Service.of(project));
      expect(config.service.tryFindConfigVariable('KEY')).toBe(declared);
    });
  });

  test('brings a typed module to a Node project and none to another', () => {
    const plain = plainConfig(variable('KEY'));
    expect(Object.keys(plain).filter((path) => /^src|package\.json/.test(path))).toEqual([]);
    expect(plain['.gitignore']).toMatch(/^\.env$/m);
    const node = nodeConfig(variable('KEY'));
    expect(node).toHaveProperty(['src/platform/config.ts']);
    expect(node).toHaveProperty(['src/platform/config/load.ts']);
    expect(JSON.parse(node['package.json'] ?? '').dependencies).toHaveProperty('zod');
  });

  test('does not depend on the order variables are declared in', () => {
    const facts = [variable('B'), variable('A', { defaultValue: '1' }), variable('C', { secret: true })];
    const results = permutations(facts).map((order) => JSON.stringify(nodeConfig(...order)));
    expect(new Set(results).size).toBe(1);
  });

  test('refuses two names that code would read as one, where there is code to read them', () => {
    const facts = [variable('A_1B'), variable('A1_B'), variable('A1B')];
    expect(() => nodeConfig(variable('A_1'), variable('A1'))).toThrow(
      'config variable A_1 (stated by .projenrc.ts): is read as config.a1, and so is config variable A1 (stated by .projenrc.ts)',
    );
    expect(() => nodeConfig(variable('ENVIRONMENT'))).toThrow(
      'is read as config.environment, and so is the name of the environment',
    );
    expect(() => plainConfig(...facts, variable('ENVIRONMENT'))).not.toThrow();
  });
});

describe('the guide', () => {
  const declare = (config: SecretsConfig) => {
    config.add('KEY', { secret: true, description: 'Charges cards', rotateEvery: Duration.days(90) });
    config.add('PAGE_SIZE', {
      type: ConfigType.integer(),
      defaultValue: 20,
      values: { prod: 50 },
      description: 'Rows on a page',
    });
  };

  test('names the secrets that may be environment variables, with the reason', () => {
    const guide = (allow: boolean) =>
      guideOf((outdir) => {
        const project = new Project({ name: 'orders', outdir });
        new Guides(project);
        const config = new SecretsConfig(project);
        declare(config);
        if (allow) {
          config.allowInEnvironment('KEY', 'the platform mounts no files');
        }
        return project;
      });
    expect(guide(true)).toContain('| `KEY` | the platform mounts no files |');
    expect(guide(false)).not.toContain('may be environment variables');
  });

  test('shows every variable and environment, without Node where there is no Node', () => {
    const guide = guideOf((outdir) => {
      const project = new Project({ name: 'orders', outdir });
      new Guides(project);
      declare(new SecretsConfig(project));
      return project;
    });
    expect(guide).toMatchInlineSnapshot(`
      "# Configuration

      A variable is declared once, in \`.projenrc.ts\`:

      \`\`\`ts
      service.config.add('STRIPE_API_KEY', { secret: true, description: 'Charges cards', requiredIn: ['staging', 'prod'] });
      \`\`\`

      \`APP_ENV\` names the environment; unset means \`prod\`, and one that is not declared is refused. The last of these wins: the default, the file of the
      environment (\`.env.dev\` and \`.env.test\` only), the process environment, a file named by \`<NAME>_FILE\`, a store of secrets. Outside of \`dev\` and \`test\`
      a secret comes from a file or a store: children and crash reports see environment variables.

      ## How each variable stands

      | Variable | Type | dev | staging | prod | test |
      | --- | --- | --- | --- | --- | --- |
      | \`KEY\` | text, secret, rotates every 90d | referenced | referenced | referenced | referenced |
      | \`PAGE_SIZE\` | integer | defaulted | defaulted | set | defaulted |

      *set*: the environment has a value of its own. *defaulted*: the default, which is in \`.env.example\`. *referenced*: something outside this
      repository brings it. *absent*: the service does without. *missing*: not configured yet.

      ## What each variable is for

      - \`KEY\`: Charges cards
      - \`PAGE_SIZE\`: Rows on a page
      "
    `);
    expect(guide).not.toMatch(/config\.stripe|reveal|node/i);
  });
});

describe('a variable of one process only', () => {
  test('is optional in the module that all processes load', () => {
    const files = nodeConfig(
      variable('OWNER_URL', { secret: true }),
      variable('URL', { secret: true }),
      ServiceProcess.job('migrate', { command: ['x'], description: 'x', ownVariables: ['OWNER_URL'] }),
    );
    const module = files['src/platform/config.ts'] ?? '';
    expect(module).toContain(
      "{ name: 'OWNER_URL', type: types.string(), secret: true, optional: true, only: ['migrate'] }",
    );
    expect(module).toContain("{ name: 'URL', type: types.string(), secret: true }");
  });
});
