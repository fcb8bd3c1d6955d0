import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NodeServiceProject } from '../../src';
import { Duration } from '../../src/service';
import { goldenServices } from '../support/golden-services';
import { synth } from '../support/synth';

const OTHERS = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:';
const VIA = { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' };
const GITHUB = 'token.actions.githubusercontent.com';
const workflow = (sub: string) => ({ [`${GITHUB}:aud`]: 'sts.amazonaws.com', [`${GITHUB}:sub`]: sub });

interface Question {
  readonly policy: string;
  readonly action: string;
  /** The name of a resource of the template, or an ARN. */
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
  readonly isAllowed: boolean;
}

const may = (policy: string, action: string, resource: string, context?: Record<string, string>): Question => ({
  policy,
  action,
  resource,
  ...(context && { context }),
  isAllowed: true,
});
const mayNot = (...question: Parameters<typeof may>): Question => ({ ...may(...question), isAllowed: false });

const GET = 'secretsmanager:GetSecretValue';
const PUT = 'secretsmanager:PutSecretValue';
const AGES = 'secretsmanager:ListSecretVersionIds';
const ASSUME = 'sts:AssumeRoleWithWebIdentity';

const questions: readonly Question[] = [
  may('ReadSecrets', GET, 'StripeApiKey'),
  may('ReadSecrets', GET, `${OTHERS}shared/partners-AbCdEf`),
  may('ReadSecrets', 'kms:Decrypt', 'Key', VIA),
  mayNot('ReadSecrets', 'kms:Decrypt', 'Key', { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' }),
  mayNot('ReadSecrets', GET, `${OTHERS}orders/prod/STRIPE_API_KEY-AbCdEf`),
  mayNot('ReadSecrets', GET, `${OTHERS}billing/staging/STRIPE_API_KEY-AbCdEf`),
  // Another name that only begins like one of its own.
  mayNot('ReadSecrets', GET, `${OTHERS}shared/partners-of-others-AbCdEf`),
  mayNot('ReadSecrets', PUT, 'StripeApiKey'),
  may('RotateSecrets', PUT, 'SessionKeys'),
  may('RotateSecrets', 'kms:GenerateDataKey', 'Key', VIA),
  mayNot('RotateSecrets', PUT, `${OTHERS}orders/prod/SESSION_KEYS-AbCdEf`),
  // Nobody replaces it.
  mayNot('RotateSecrets', PUT, `${OTHERS}shared/partners-AbCdEf`),
  may('AuditSecrets', AGES, 'StripeApiKey'),
  mayNot('AuditSecrets', GET, 'StripeApiKey'),
  mayNot('AuditSecrets', AGES, `${OTHERS}orders/prod/STRIPE_API_KEY-AbCdEf`),
  may('inline of RotateKeysRole', 'secretsmanager:UpdateSecretVersionStage', 'SessionKeys'),
  // What was added later.
  may('ReadSecrets', GET, 'TaxToken'),
  mayNot('inline of RotateKeysRole', GET, 'StripeApiKey'),
  may('trust of AuditRole', ASSUME, '', workflow('repo:acme/billing:ref:refs/heads/main')),
  mayNot('trust of AuditRole', ASSUME, '', workflow('repo:acme/billing:ref:refs/heads/mine')),
  mayNot('trust of AuditRole', ASSUME, '', workflow('repo:evil/billing:ref:refs/heads/main')),
];

/** The template of the golden service, after it was declared a little differently. */
function template(change: (service: NodeServiceProject) => void = () => undefined): string {
  const files = synth((outdir) => {
    const service = goldenServices['aws']!(outdir);
    change(service);
    return service;
  });
  return files['infrastructure/aws/secrets-prod.yaml'] ?? '';
}

interface Step {
  readonly status: string | null;
  readonly outputs: readonly string[];
  readonly resources: Readonly<Record<string, string>>;
  readonly secrets: Readonly<
    Record<string, { readonly key: string; readonly rotates: number | null; readonly length: number | null }>
  >;
  readonly keys: readonly string[];
  readonly roles: readonly string[];
}

// A moto that is there by chance may lack what this needs of it.
const isInLane = process.env['TEST_LANES']?.split(',').includes('secrets') ?? false;

describe.runIf(isInLane)('the template for AWS, deployed by moto,', { timeout: 120_000 }, () => {
  let steps: Step[];
  let judged: boolean[];

  beforeAll(() => {
    const later = template((service) =>
      service.config.add('TAX_TOKEN', {
        secret: true,
        description: 'Asks for tax rates',
        rotateEvery: Duration.days(30),
      }),
    );
    const input = JSON.stringify({ templates: [template(), later], questions });
    const { stdout, stderr } = spawnSync('python3', [join(__dirname, 'cloudformation.py')], {
      encoding: 'utf8',
      input,
      // Nothing of it leaves the process.
      env: {
        PATH: process.env['PATH'],
        AWS_ACCESS_KEY_ID: 'x',
        AWS_SECRET_ACCESS_KEY: 'x',
        AWS_DEFAULT_REGION: 'eu-west-1',
      },
    });
    if (stdout === '') throw new Error(stderr.slice(-2000));
    ({ steps, judged } = JSON.parse(stdout));
  }, 120_000);

  it('makes secrets under a key of their own, keys of which AWS makes the first, and a schedule', () => {
    const [created] = steps;
    expect(created?.status).toBe('CREATE_COMPLETE');
    expect(created?.outputs).toEqual(
      expect.arrayContaining(['AuditSecretsPolicy', 'ReadSecretsPolicy', 'RotateSecretsPolicy']),
    );
    const [key] = created?.keys ?? [];
    expect(created?.secrets).toMatchObject({
      'billing/prod/SESSION_KEYS': { key, description: 'Signs sessions', rotates: 30, length: 64 },
      // A person puts it in.
      'billing/prod/STRIPE_API_KEY': { key, description: 'Charges cards', rotates: null, length: null },
    });
    expect(created?.roles).toEqual(['billing-prod-secrets-audit', expect.stringContaining('RotateKeysRole')]);
  });

  it('takes one more secret when it is applied again, and leaves those that are there alone', () => {
    const [created, updated] = steps;
    expect(updated?.status).toBe('UPDATE_COMPLETE');
    expect(Object.keys(updated?.secrets ?? {})).toEqual(expect.arrayContaining(['billing/prod/TAX_TOKEN']));
    expect(updated?.secrets).toMatchObject(created?.secrets ?? {});
    expect(updated?.keys).toEqual(created?.keys);
  });

  it('leaves secrets and their key behind when the stack is deleted, and no role', () => {
    const [, updated, deleted] = steps;
    expect(deleted).toMatchObject({ status: null, resources: {}, roles: [] });
    expect(deleted?.secrets).toEqual(updated?.secrets);
    expect(deleted?.keys).toEqual(updated?.keys);
  });

  it.each(questions.map((question, position) => [question, position] as const))(
    'judges of %j as it must',
    (question, position) => {
      expect(judged[position]).toBe(question.isAllowed);
    },
  );
});
