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
const MISTAKES: readonly [string | RegExp | readonly string[], (config: Anything) => void][] = [
  ['service.secrets.use.options: is missing → write it in braces: { environments: … }', (c) => c.use(P.platform())],
  [
    'service.secrets.use.provider: is missing → write it like SecretsProvider.platform()',
    (c) => c.use(undefined, { environments: ['prod'] }),
  ],
  [
    'service.secrets.use.provider: is no SecretsProvider → write it like SecretsProvider.platform()',
    (c) => c.use('vault', { environments: ['prod'] }),
  ],
  [
    "service.secrets.use.options.environments: is no list → write it in brackets: ['prod']",
    use(() => P.platform(), { environments: 'prod' }),
  ],
  [
    "service.secrets.use.options.environments: is missing → write it in brackets: ['prod']",
    use(() => P.platform(), {}),
  ],
  [
    'service.secrets.use.options.environments: names an environment twice → name it once',
    use(() => P.vault({ address: ADDRESS }), { environments: ['prod', 'prod'] }),
  ],
  [
    'service.secrets.use.options.environments.0: is no text → write it between quotes',
    use(() => P.vault({ address: ADDRESS }), { environments: [1] }),
  ],
  [
    "service.secrets.use.options.variables: is no list → write it in brackets: ['STRIPE_API_KEY']",
    use(() => P.platform(), { environments: ['prod'], variables: 'API_KEY' }),
  ],
  [
    'service.secrets.use.options.variables: is an empty list, so the store keeps nothing → leave it out, and it keeps every secret',
    use(() => P.platform(), { environments: ['prod'], variables: [] }),
  ],
  ['SecretsProvider.vault: is no object → write it in braces: { address: … }', use(() => P.vault())],
  ['SecretsProvider.vault.address: is missing → write it between quotes', use(() => P.vault({}))],
  ['SecretsProvider.vault.address: is no text → write it between quotes', use(() => P.vault({ address: 8200 }))],
  [
    'SecretsProvider.vault.mount: is no text → write it between quotes',
    use(() => P.vault({ address: ADDRESS, mount: 5 })),
  ],
  [
    'SecretsProvider.vault.delivery: is no VaultDelivery → write VaultDelivery.SERVICE or VaultDelivery.AGENT or VaultDelivery.OPERATOR',
    use(() => P.vault({ address: ADDRESS, delivery: 'sidecar' })),
  ],
  [
    'SecretsProvider.vault.databaseLogin.lease: is no Duration → write it like Duration.days(90)',
    use(() =>
      P.vault({
        address: ADDRESS,
        databaseLogin: { url: 'postgresql://d/o', memberOf: 'a', connection: 'c', variable: 'API_KEY', lease: '2h' },
      }),
    ),
  ],
  [
    [
      'SecretsProvider.vault.databaseLogin.url: is missing → write it between quotes',
      'SecretsProvider.vault.databaseLogin.memberOf: is missing → write it between quotes',
      'SecretsProvider.vault.databaseLogin.connection: is missing → write it between quotes',
    ],
    use(() => P.vault({ address: ADDRESS, databaseLogin: {} })),
  ],
  [
    'SecretsProvider.vault.databaseLogin: is no object → write it in braces: { url: …, memberOf: …, connection: … }',
    use(() => P.vault({ address: ADDRESS, databaseLogin: true })),
  ],
  [
    'SecretsProvider.vault.audit: is no object → write it in braces: { repository: … }',
    use(() => P.vault({ address: ADDRESS, audit: 'acme/orders' })),
  ],
  [
    'SecretsProvider.vault.audit.repository: is missing → write it between quotes',
    use(() => P.vault({ address: ADDRESS, audit: {} })),
  ],
  [
    'SecretsProvider.vault.audit.ids: is no object → write it in braces: { … }',
    use(() => P.vault({ address: ADDRESS, audit: { repository: 'acme/orders', ids: '1/2' } })),
  ],
  [
    "SecretsProvider.vault.peer: is no NetworkPeer → write it like NetworkPeer.cidr('10.20.0.0/28')",
    use(() => P.vault({ address: ADDRESS, peer: 'vault' })),
  ],
  [
    'SecretsProvider.awsSecretsManager: is no object → write it in braces: { region: … }',
    use(() => P.awsSecretsManager()),
  ],
  [
    'SecretsProvider.awsSecretsManager.region: is missing → write it between quotes',
    use(() => P.awsSecretsManager({})),
  ],
  [
    'SecretsProvider.awsSecretsManager.region: is no text → write it between quotes',
    use(() => P.awsSecretsManager({ region: 1 })),
  ],
  [
    'SecretsProvider.awsSecretsManager.existing: is no object → write it in braces: { STRIPE_API_KEY: … }',
    use(() => P.awsSecretsManager({ region: 'eu-west-1', existing: ['API_KEY'] })),
  ],
  [
    'SecretsProvider.awsSecretsManager.existing.API_KEY: is no text → write it between quotes',
    use(() => P.awsSecretsManager({ region: 'eu-west-1', existing: { API_KEY: 5 } })),
  ],
  [
    'SecretsProvider.awsSecretsManager.delivery: is no AwsDelivery → write AwsDelivery.SERVICE or AwsDelivery.OPERATOR',
    use(() => P.awsSecretsManager({ region: 'eu-west-1', delivery: 'x' })),
  ],
  [
    'SecretsProvider.awsSecretsManager.audit.account: is missing → write it between quotes',
    use(() => P.awsSecretsManager({ region: 'eu-west-1', audit: { repository: 'acme/orders' } })),
  ],
  [
    'SecretsProvider.awsSecretsManager.audit.account: is no text → write it between quotes',
    use(() =>
      P.awsSecretsManager({ region: 'eu-west-1', audit: { repository: 'acme/orders', account: 123456789012 } }),
    ),
  ],
  [
    'SecretsProvider.awsSecretsManager.roleArn: is no text → write it between quotes',
    use(() => P.awsSecretsManager({ region: 'eu-west-1', roleArn: 5 })),
  ],
  ['SecretsProvider.sops: is no object → write it in braces: { recipients: … }', use(() => P.sops())],
  [
    "SecretsProvider.sops.recipients: is missing → write it in braces: { prod: [SopsRecipient.age('Alice', 'age1…')] }",
    use(() => P.sops({})),
  ],
  [
    "SecretsProvider.sops.recipients: is no object → write it in braces: { prod: [SopsRecipient.age('Alice', 'age1…')] }",
    use(() => P.sops({ recipients: [] })),
  ],
  [
    "SecretsProvider.sops.recipients.prod: is no list → write it in brackets: [SopsRecipient.age('Alice', 'age1…')]",
    use(() => P.sops({ recipients: { prod: 'age1xyz' } })),
  ],
  [
    "SecretsProvider.sops.recipients.prod.0: is no SopsRecipient → write it like SopsRecipient.age('Alice', 'age1…')",
    use(() => P.sops({ recipients: { prod: ['age1xyz'] } })),
  ],
  [
    'SecretsProvider.sops.format: is no SopsFormat → write SopsFormat.YAML or SopsFormat.DOTENV',
    use(() => P.sops({ recipients: {}, format: 'json' })),
  ],
  [
    'SecretsProvider.githubActions.environmentNames: is no object → write it in braces: { prod: … }',
    use(() => P.githubActions({ environmentNames: ['prod'] })),
  ],
  [
    'SecretsProvider.githubActions.environmentNames.prod: is no text → write it between quotes',
    use(() => P.githubActions({ environmentNames: { prod: 5 } })),
  ],
  [
    'SecretsProvider.githubActions.unprotected.prod: is no text → write it between quotes',
    use(() => P.githubActions({ unprotected: { prod: true } })),
  ],
  [
    'SecretsProvider.githubActions.unprotected: is no object → write it in braces: { prod: … }',
    use(() => P.githubActions({ unprotected: ['prod'] })),
  ],
  [
    'SecretsProvider.githubActions.auditToken: is no text → write it between quotes',
    use(() => P.githubActions({ auditToken: 5 })),
  ],
  ['SecretsProvider.githubActions: is no object → write it in braces: { … }', use(() => P.githubActions(null))],
  [
    [
      'config variable UNNAMED: is no object → write it in braces: { description: … }',
      'service.config.add.name: is missing → write it between quotes',
    ],
    (c) => c.add(),
  ],
  ['config variable OTHER: is no object → write it in braces: { description: … }', (c) => c.add('OTHER')],
  ['service.config.add.name: is no text → write it between quotes', (c) => c.add(5, { description: 'x' })],
  [
    'config variable OTHER.type: is no ConfigType → write it like ConfigType.integer()',
    (c) => c.add('OTHER', { description: 'x', type: 'string' }),
  ],
  [
    'config variable OTHER.type: is no ConfigType → write it like ConfigType.integer()',
    (c) => c.add('OTHER', { description: 'x', type: ConfigType.string }),
  ],
  [
    'config variable OTHER.values: is no object → write it in braces: { prod: … }',
    (c) => c.add('OTHER', { description: 'x', values: ['x'] }),
  ],
  [
    "config variable OTHER.requiredIn: is no list → write it in brackets: ['prod']",
    (c) => c.add('OTHER', { description: 'x', requiredIn: 'prod' }),
  ],
  [
    'config variable OTHER.rotateEvery: is no Duration → write it like Duration.days(90)',
    (c) => c.add('OTHER', { secret: true, description: 'x', rotateEvery: '90d' }),
  ],
  [
    'config variable OTHER.rotation: is no Rotation → write it like Rotation.manual()',
    (c) => c.add('OTHER', { secret: true, description: 'x', rotation: 'manual' }),
  ],
  [
    'config variable OTHER.secret: is neither true nor false → write true or false, without quotes',
    (c) => c.add('OTHER', { secret: 'yes', description: 'x' }),
  ],
  [
    'config variable OTHER.optional: is neither true nor false → write true or false, without quotes',
    (c) => c.add('OTHER', { optional: 'yes', description: 'x' }),
  ],
  [
    'config variable OTHER.example: is no text → write it between quotes',
    (c) => c.add('OTHER', { example: 5, description: 'x' }),
  ],
  [
    [
      'SecretsProvider.vault.adress: is no option → did you mean address? There are: address, audit, authMount, databaseLogin, delivery, kubernetesNamespace, mount, namespace, path, peer, role, serviceAccount',
      'SecretsProvider.vault.address: is missing → write it between quotes',
    ],
    use(() => P.vault({ adress: ADDRESS })),
  ],
  [
    'service.secrets.use.options.variabels: is no option → did you mean variables? There are: environments, variables',
    use(() => P.platform(), { environments: ['prod'], variabels: ['API_KEY'] }),
  ],
  [
    /^config variable OTHER.requiredin: is no option → did you mean requiredIn\? /,
    (c) => c.add('OTHER', { description: 'x', requiredin: ['prod'] }),
  ],
  [
    /^config variable OTHER.defualtValue: is no option → did you mean defaultValue\? /,
    (c) => c.add('OTHER', { description: 'x', defualtValue: 'y' }),
  ],
  [
    /^config variable OTHER.owner: is no option → use one of defaultValue, /,
    (c) => c.add('OTHER', { description: 'x', owner: 'payments' }),
  ],
  [
    'config variable OTHER.values: is no object → write it in braces: { prod: … }',
    (c) => c.add('OTHER', { description: 'x', values: null }),
  ],
  [
    [
      'config variable API_KEY.rotateEvery: is no Duration → write it like Duration.days(90)',
      'service.secrets.use.options.environments.0: is no text → write it between quotes',
      'service.secrets.use.provider: is no SecretsProvider → write it like SecretsProvider.platform()',
    ],
    (c) => {
      c.add('API_KEY', { secret: true, description: 'Charges cards', rotateEvery: 90 });
      c.use('vault', { environments: [1] });
      // That one is right: the secret is known, although it is declared wrongly.
      c.use(P.platform(), { environments: ['prod'], variables: ['API_KEY'] });
    },
  ],
];

describe('mistyped', () => {
  it.each(MISTAKES)('%s', (expected, write) => {
    const list = [expected].flat().map((one) => expect.stringMatching(one instanceof RegExp ? one : exactly(one)));
    expect(answersTo(write)).toEqual(list);
  });

  it('options never show what they hold', () => {
    const answers = [
      ...answersTo(use(() => P.vault({ address: ['c4n4ry'] }))),
      ...answersTo(use(() => P.githubActions({ auditToken: { value: 'c4n4ry' } }))),
      ...answersTo((c) => c.add(['c4n4ry'], { description: 'x' })),
      ...answersTo((c) =>
        c.add('API_KEY', { secret: 'yes', description: 'x', defaultValue: 'c4n4ry', values: 'c4n4ry' }),
      ),
      ...answersTo((c) => c.add('API_KEY', { secret: true, description: 'x', type: 'c4n4ry', defaultValue: 'c4n4ry' })),
    ];
    expect(answers).toHaveLength(6);
    expect(answers.join()).not.toContain('c4n4ry');
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

/** What is thrown, or else reported, with nothing that only follows from it. */
function answersTo(write: (config: Anything) => void): string[] {
  return inFolder((outdir) => {
    const config = new SecretsConfig(new Project({ name: 'orders', outdir }));
    try {
      write(config);
    } catch (error) {
      const [, ...problems] = (error as Error).message.trimEnd().split(/^ +\d+\. /m);
      return problems.map((problem) => problem.trimEnd().replace(/\n +fix: /, ' → '));
    }
    return config.service
      .problems()
      .map(
        ({ place, message, value, fix }) => `${place}: ${message}${value === undefined ? '' : ` (${value})`} → ${fix}`,
      );
  });
}

function exactly(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}
