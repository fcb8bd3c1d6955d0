import { ConfigType, Database, Duration, NodeServiceProject, Rotation, SecretsProvider } from '../../src';

/**
 * The services whose generated files are reviewed as real files below `test/golden`.
 */
export const goldenServices: Record<string, (outdir: string) => NodeServiceProject> = {
  /** What a new user gets. */
  default: (outdir) => new NodeServiceProject({ name: 'orders', outdir }),

  /** The other embedded database, and one route instead of the example. */
  'sqlite-minimal': (outdir) =>
    new NodeServiceProject({ name: 'notes', database: Database.SQLITE, example: false, outdir }),

  /** Everything off: a bare Fastify service remains. */
  bare: (outdir) =>
    new NodeServiceProject({
      name: 'hello',
      database: Database.NONE,
      observability: { enabled: false },
      delivery: { enabled: false },
      guides: { enabled: false },
      outdir,
    }),

  /** Secrets in AWS Secrets Manager, of every way to rotate. */
  aws: (outdir) => {
    const service = new NodeServiceProject({
      name: 'billing',
      owner: 'team-billing',
      database: Database.NONE,
      example: false,
      observability: { enabled: false },
      delivery: { enabled: false },
      outdir,
    });
    service.config.add('STRIPE_API_KEY', { secret: true, description: 'Charges cards', group: 'stripe' });
    service.config.add('SESSION_KEYS', {
      secret: true,
      type: ConfigType.keys(),
      description: 'Signs sessions',
      rotation: Rotation.generatedKey(),
      rotateEvery: Duration.days(30),
    });
    service.config.add('PARTNER_PASSWORD', { secret: true, optional: true, description: 'Opens the partner’s door' });
    service.secrets.neverRotate('PARTNER_PASSWORD', 'the partner cannot change it');
    service.secrets.use(SecretsProvider.awsSecretsManager({ region: 'eu-central-1' }), { environments: ['staging'] });
    service.secrets.use(
      SecretsProvider.awsSecretsManager({
        region: 'eu-west-1',
        existing: { PARTNER_PASSWORD: 'shared/partners#billing' },
      }),
      { environments: ['prod'] },
    );
    return service;
  },
};
