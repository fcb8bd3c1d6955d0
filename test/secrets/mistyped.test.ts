import { Project } from 'projen';
import { describe, expect, it } from 'vitest';
import { SecretsConfig, SecretsProvider } from '../../src/secrets';
import { ConfigType, Duration } from '../../src/service';
import { inFolder } from '../support/synth';

/** As JavaScript has it, where no type is checked. */
// biome-ignore lint/suspicious/noExplicitAny: whatever somebody may write.
type Anything = any;

const ADDRESS = 'https://vault.internal:8200';
const P = SecretsProvider as Anything;
const use =
  (provider: () => Anything, options: Anything = { environments: ['prod'] }) =>
  (config: Anything) =>
    config.use(provider(), options);

/** What somebody wrote, and what it is answered with. */
const MISTAKES: readonly [string, (config: Anything) => void][] = [
  ['service.secrets.use(provider, options) takes an object with environments, not nothing', (c) => c.use(P.platform())],
  [
    'service.secrets.use(provider, options): provider must be one of SecretsProvider, such as SecretsProvider.platform(), not nothing',
    (c) => c.use(undefined, { environments: ['prod'] }),
  ],
  [
    'service.secrets.use(provider, options): provider must be one of SecretsProvider, such as SecretsProvider.platform(), not a text',
    (c) => c.use('vault', { environments: ['prod'] }),
  ],
  [
    'service.secrets.use(provider, options): environments must be a list of texts, not a text',
    use(() => P.platform(), { environments: 'prod' }),
  ],
  [
    'service.secrets.use(provider, options): environments must be a list of texts, not nothing',
    use(() => P.platform(), {}),
  ],
  [
    'service.secrets.use(provider, options): names the environment "prod" twice; name it once',
    use(() => P.vault({ address: ADDRESS }), { environments: ['prod', 'prod'] }),
  ],
  [
    'service.secrets.use(provider, options): environments must be a list of texts, not such a list',
    use(() => P.vault({ address: ADDRESS }), { environments: [1] }),
  ],
  [
    'service.secrets.use(provider, options): variables must be a list of texts, not a text',
    use(() => P.platform(), { environments: ['prod'], variables: 'API_KEY' }),
  ],
  [
    'service.secrets.use(provider, options): variables is an empty list, so the store keeps nothing; leave it out, and it keeps every secret',
    use(() => P.platform(), { environments: ['prod'], variables: [] }),
  ],
  ['SecretsProvider.vault(options) takes an object with address, not nothing', use(() => P.vault())],
  ['SecretsProvider.vault(options): address must be a text, not nothing', use(() => P.vault({}))],
  ['SecretsProvider.vault(options): address must be a text, not a number', use(() => P.vault({ address: 8200 }))],
  [
    'SecretsProvider.vault(options): mount must be a text, not a number',
    use(() => P.vault({ address: ADDRESS, mount: 5 })),
  ],
  [
    'SecretsProvider.vault(options): delivery must be VaultDelivery.SERVICE or VaultDelivery.AGENT or VaultDelivery.OPERATOR, not a text',
    use(() => P.vault({ address: ADDRESS, delivery: 'sidecar' })),
  ],
  [
    'SecretsProvider.vault(options), databaseLogin: lease must be a Duration, such as Duration.days(90), not a text',
    use(() =>
      P.vault({
        address: ADDRESS,
        databaseLogin: { url: 'postgresql://d/o', memberOf: 'a', connection: 'c', variable: 'API_KEY', lease: '2h' },
      }),
    ),
  ],
  [
    'SecretsProvider.vault(options), databaseLogin: url must be a text, not nothing; memberOf must be a text, not nothing; connection must be a text, not nothing',
    use(() => P.vault({ address: ADDRESS, databaseLogin: {} })),
  ],
  [
    'SecretsProvider.vault(options): databaseLogin must be an object, not true',
    use(() => P.vault({ address: ADDRESS, databaseLogin: true })),
  ],
  [
    'SecretsProvider.vault(options): audit must be an object, not a text',
    use(() => P.vault({ address: ADDRESS, audit: 'acme/orders' })),
  ],
  [
    'SecretsProvider.vault(options), audit: repository must be a text, not nothing',
    use(() => P.vault({ address: ADDRESS, audit: {} })),
  ],
  [
    'SecretsProvider.vault(options), audit: ids must be an object, not a text',
    use(() => P.vault({ address: ADDRESS, audit: { repository: 'acme/orders', ids: '1/2' } })),
  ],
  [
    'SecretsProvider.vault(options): peer must be a NetworkPeer, not a text',
    use(() => P.vault({ address: ADDRESS, peer: 'vault' })),
  ],
  [
    'SecretsProvider.awsSecretsManager(options) takes an object with region, not nothing',
    use(() => P.awsSecretsManager()),
  ],
  [
    'SecretsProvider.awsSecretsManager(options): region must be a text, not nothing',
    use(() => P.awsSecretsManager({})),
  ],
  [
    'SecretsProvider.awsSecretsManager(options): region must be a text, not a number',
    use(() => P.awsSecretsManager({ region: 1 })),
  ],
  [
    'SecretsProvider.awsSecretsManager(options): existing must be an object of texts by name, not such a list',
    use(() => P.awsSecretsManager({ region: 'eu-west-1', existing: ['API_KEY'] })),
  ],
  [
    'SecretsProvider.awsSecretsManager(options): existing must be an object of texts by name, not an object of another kind',
    use(() => P.awsSecretsManager({ region: 'eu-west-1', existing: { API_KEY: 5 } })),
  ],
  [
    'SecretsProvider.awsSecretsManager(options): delivery must be AwsDelivery.SERVICE or AwsDelivery.OPERATOR, not a text',
    use(() => P.awsSecretsManager({ region: 'eu-west-1', delivery: 'x' })),
  ],
  [
    'SecretsProvider.awsSecretsManager(options), audit: account must be a text, not nothing',
    use(() => P.awsSecretsManager({ region: 'eu-west-1', audit: { repository: 'acme/orders' } })),
  ],
  [
    'SecretsProvider.awsSecretsManager(options), audit: account must be a text, not a number',
    use(() =>
      P.awsSecretsManager({ region: 'eu-west-1', audit: { repository: 'acme/orders', account: 123456789012 } }),
    ),
  ],
  [
    'SecretsProvider.awsSecretsManager(options): roleArn must be a text, not a number',
    use(() => P.awsSecretsManager({ region: 'eu-west-1', roleArn: 5 })),
  ],
  ['SecretsProvider.sops(options) takes an object with recipients, not nothing', use(() => P.sops())],
  [
    "SecretsProvider.sops(options): recipients must be lists of SopsRecipient by environment, such as { prod: [SopsRecipient.age('Alice', 'age1…')] }, not nothing",
    use(() => P.sops({})),
  ],
  [
    "SecretsProvider.sops(options): recipients must be lists of SopsRecipient by environment, such as { prod: [SopsRecipient.age('Alice', 'age1…')] }, not an empty list",
    use(() => P.sops({ recipients: [] })),
  ],
  [
    "SecretsProvider.sops(options): recipients must be lists of SopsRecipient by environment, such as { prod: [SopsRecipient.age('Alice', 'age1…')] }, not an object of another kind",
    use(() => P.sops({ recipients: { prod: 'age1xyz' } })),
  ],
  [
    "SecretsProvider.sops(options): recipients must be lists of SopsRecipient by environment, such as { prod: [SopsRecipient.age('Alice', 'age1…')] }, not an object of another kind",
    use(() => P.sops({ recipients: { prod: ['age1xyz'] } })),
  ],
  [
    'SecretsProvider.sops(options): format must be SopsFormat.YAML or SopsFormat.DOTENV, not a text',
    use(() => P.sops({ recipients: {}, format: 'json' })),
  ],
  [
    'SecretsProvider.githubActions(options): environmentNames must be an object of texts by name, not such a list',
    use(() => P.githubActions({ environmentNames: ['prod'] })),
  ],
  [
    'SecretsProvider.githubActions(options): environmentNames must be an object of texts by name, not an object of another kind',
    use(() => P.githubActions({ environmentNames: { prod: 5 } })),
  ],
  [
    'SecretsProvider.githubActions(options): unprotected must be an object of texts by name, not an object of another kind',
    use(() => P.githubActions({ unprotected: { prod: true } })),
  ],
  [
    'SecretsProvider.githubActions(options): unprotected must be an object of texts by name, not such a list',
    use(() => P.githubActions({ unprotected: ['prod'] })),
  ],
  [
    'SecretsProvider.githubActions(options): auditToken must be a text, not a number',
    use(() => P.githubActions({ auditToken: 5 })),
  ],
  ['SecretsProvider.githubActions(options) takes an object, not nothing', use(() => P.githubActions(null))],
  ['service.config.add(name, props): name must be a text, not nothing', (c) => c.add()],
  ["service.config.add('OTHER', …) takes an object, not nothing", (c) => c.add('OTHER')],
  ['service.config.add(name, props): name must be a text, not a number', (c) => c.add(5, { description: 'x' })],
  [
    "service.config.add('OTHER', …): type must be a ConfigType, such as ConfigType.integer(), not a text",
    (c) => c.add('OTHER', { description: 'x', type: 'string' }),
  ],
  [
    "service.config.add('OTHER', …): type must be a ConfigType, such as ConfigType.integer(), not a function",
    (c) => c.add('OTHER', { description: 'x', type: ConfigType.string }),
  ],
  [
    "service.config.add('OTHER', …): values must be an object, not such a list",
    (c) => c.add('OTHER', { description: 'x', values: ['x'] }),
  ],
  [
    "service.config.add('OTHER', …): requiredIn must be a list of texts, not a text",
    (c) => c.add('OTHER', { description: 'x', requiredIn: 'prod' }),
  ],
  [
    "service.config.add('OTHER', …): rotateEvery must be a Duration, such as Duration.days(90), not a text",
    (c) => c.add('OTHER', { secret: true, description: 'x', rotateEvery: '90d' }),
  ],
  [
    "service.config.add('OTHER', …): rotation must be a Rotation, such as Rotation.manual(), not a text",
    (c) => c.add('OTHER', { secret: true, description: 'x', rotation: 'manual' }),
  ],
  [
    "service.config.add('OTHER', …): secret must be true or false, not a text",
    (c) => c.add('OTHER', { secret: 'yes', description: 'x' }),
  ],
  [
    "service.config.add('OTHER', …): optional must be true or false, not a text",
    (c) => c.add('OTHER', { optional: 'yes', description: 'x' }),
  ],
  [
    "service.config.add('OTHER', …): example must be a text, not a number",
    (c) => c.add('OTHER', { example: 5, description: 'x' }),
  ],
  ['there is no adress; did you mean address?', use(() => P.vault({ adress: ADDRESS }))],
  [
    'there is no variabels; did you mean variables?',
    use(() => P.platform(), { environments: ['prod'], variabels: ['API_KEY'] }),
  ],
  [
    'there is no requiredin; did you mean requiredIn?',
    (c) => c.add('OTHER', { description: 'x', requiredin: ['prod'] }),
  ],
  [
    'there is no defualtValue; did you mean defaultValue?',
    (c) => c.add('OTHER', { description: 'x', defualtValue: 'y' }),
  ],
];

describe('mistyped', () => {
  it('options are answered with what, where and how to mend it, before anything is made of them', () => {
    inFolder((outdir) => {
      const config = new SecretsConfig(new Project({ name: 'orders', outdir }));
      const answers = MISTAKES.map(([, write]) => {
        try {
          write(config);
          return 'nothing is wrong';
        } catch (error) {
          return (error as Error).message;
        }
      });
      for (const [position, [message]] of MISTAKES.entries()) {
        expect(answers[position]).toContain(message);
      }
      // Nothing was stated on the way.
      expect(config.service.configVariables).toEqual([]);
    });
  });

  it('options never show what they hold', () => {
    expect(() => P.vault({ address: ['c4n4ry'] })).not.toThrow(/c4n4ry/);
    expect(() => P.githubActions({ auditToken: { value: 'c4n4ry' } })).not.toThrow(/c4n4ry/);
  });

  it('leases are refused that nobody could renew in time', () => {
    const login = {
      url: 'postgresql://d/o',
      memberOf: 'a',
      connection: 'c',
      variable: 'API_KEY',
      lease: Duration.minutes(1),
    };
    inFolder((outdir) => {
      const config = new SecretsConfig(new Project({ name: 'orders', outdir }));
      config.add('API_KEY', { secret: true, description: 'Charges cards' });
      config.use(SecretsProvider.vault({ address: ADDRESS, databaseLogin: login }), { environments: ['prod'] });
      expect(() => config.project.synth()).toThrow('has a lease that ends before it is renewed');
    });
  });
});
