import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CreateSecretCommandInput, SecretsManager } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { followSecrets } from '../../src/platform/app/follow-secrets.js';
import { awsSecretsManager } from '../../src/platform/aws-secrets-manager/provider.js';
import { ConfigError } from '../../src/platform/config/errors.js';
import { type Declarations, load } from '../../src/platform/config/load.js';
import * as types from '../../src/platform/config/types.js';
import { createLogging } from '../../src/platform/logging/logger.js';
import { Redactor } from '../../src/platform/logging/redact.js';
import { createMetrics } from '../../src/platform/metrics/metrics.js';
import { checkRotation } from '../../tools/secrets/check-rotation.js';
import type { Facts } from '../../tools/secrets/facts.js';
import { awsSecretsManager as store } from '../../tools/secrets-aws/store.js';
import { Workflow } from '../secrets/workflow.js';
import type { Line } from '../support/server.js';
import { inLane } from '../tools/lane.js';
import { type Credentials, Moto, REGION } from './moto.js';

const declarations = {
  secretRefreshInterval: { name: 'SECRET_REFRESH_INTERVAL', type: types.duration(), default: 3_600_000 },
  stripe: { name: 'STRIPE_API_KEY', type: types.string(), secret: true },
  keys: { name: 'SESSION_KEYS', type: types.keys(), secret: true, optional: true },
  partner: { name: 'PARTNER_PASSWORD', type: types.string(), secret: true, optional: true },
} as const satisfies Declarations;

const options = {
  region: REGION,
  secrets: {
    STRIPE_API_KEY: { id: 'orders/prod/STRIPE_API_KEY' },
    SESSION_KEYS: { id: 'orders/prod/SESSION_KEYS' },
    PARTNER_PASSWORD: { id: 'shared/partners', property: 'orders' },
  },
};

describe.runIf(inLane('aws'))('secrets in AWS Secrets Manager', () => {
  let moto: Moto;
  let admin: SecretsManager;

  beforeAll(async () => {
    moto = await Moto.start();
    process.env['AWS_ACCESS_KEY_ID'] = 'anyone';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'anything';
    process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = moto.url;
    admin = new SecretsManager({ region: REGION, endpoint: moto.url });
  });
  afterAll(() => moto.stop());
  beforeEach(async () => {
    await moto.reset();
    await create({ Name: 'orders/prod/STRIPE_API_KEY', SecretString: 'sk_live_first' });
    await create({ Name: 'orders/prod/SESSION_KEYS', SecretString: 'a'.repeat(32) });
    await create({ Name: 'shared/partners', SecretString: JSON.stringify({ orders: 'sesame', billing: 'other' }) });
    moto.operations = [];
  });

  const create = (secret: CreateSecretCommandInput) => admin.createSecret(secret);
  const loadProd = (secrets: typeof options = options) =>
    load(declarations, { env: {}, environment: 'prod' }, { prod: [awsSecretsManager(secrets)] });
  const problemsOf = async () => {
    const error = await loadProd().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ConfigError);
    const { problems, isTransient } = error as ConfigError;
    return { problems, isTransient };
  };

  it('are read in one request, be they whole or members of an object', async () => {
    const config = await loadProd();

    expect(config.stripe.reveal()).toBe('sk_live_first');
    expect(config.keys?.reveal().all).toEqual(['a'.repeat(32)]);
    expect(config.partner?.reveal()).toBe('sesame');
    expect(moto.operations).toEqual(['BatchGetSecretValue']);
  });

  it('are read twenty at a time', async () => {
    const names = Array.from({ length: 45 }, (_, index) => `S${index}`);
    for (const name of names) await create({ Name: `orders/prod/${name}`, SecretString: `text of ${name}` });
    moto.operations = [];
    const provider = awsSecretsManager({
      region: REGION,
      secrets: Object.fromEntries(names.map((name) => [name, { id: `orders/prod/${name}` }])),
    });
    const answer = await provider.read(names, AbortSignal.timeout(10_000));

    expect([...answer].map(([name, found]) => [name, 'text' in found && found.text])).toEqual(
      names.map((name) => [name, `text of ${name}`]),
    );
    expect(moto.operations).toHaveLength(3);
  });

  it('come with the version and the age the store knows', async () => {
    const answer = await awsSecretsManager(options).read(['STRIPE_API_KEY'], AbortSignal.timeout(10_000));

    expect(answer.get('STRIPE_API_KEY')).toEqual({
      text: 'sk_live_first',
      version: expect.stringMatching(/^[0-9a-f-]{36}$/),
      changedAt: expect.any(Date),
    });
  });

  it('are missing where the template made them and nobody put anything in', async () => {
    await admin.deleteSecret({ SecretId: 'orders/prod/STRIPE_API_KEY', ForceDeleteWithoutRecovery: true });
    const missing = {
      problems: [
        'STRIPE_API_KEY is not set, and prod cannot do without it. Put a text into AWS Secrets Manager in eu-west-1, orders/prod/STRIPE_API_KEY.',
      ],
      isTransient: false,
    };

    expect(await problemsOf()).toEqual(missing);
    await create({ Name: 'orders/prod/STRIPE_API_KEY' });
    expect(await problemsOf()).toEqual(missing);
  });

  it('are refused with what each of them has to be, and none is shown', async () => {
    await admin.putSecretValue({ SecretId: 'orders/prod/SESSION_KEYS', SecretString: 'hunter2' });
    await admin.putSecretValue({ SecretId: 'shared/partners', SecretString: 'hunter2, no JSON' });
    const { problems } = await problemsOf();

    expect(problems).toEqual([
      'SESSION_KEYS holds something else (from AWS Secrets Manager in eu-west-1, orders/prod/SESSION_KEYS), but must be keys of at least 32 characters, separated by commas, the current one first.',
      'PARTNER_PASSWORD cannot be read from AWS Secrets Manager in eu-west-1, shared/partners#orders: it is no JSON, so it has no member "orders".',
    ]);
  });

  it('stop the start with a reason to try again while nobody answers', async () => {
    await moto.shut();
    try {
      const { problems, isTransient } = await problemsOf();
      expect(problems[0]).toMatch(
        /^STRIPE_API_KEY cannot be read from AWS Secrets Manager in eu-west-1, orders\/prod\/STRIPE_API_KEY: (connect )?ECONNREFUSED/,
      );
      expect(problems).toHaveLength(3);
      expect(isTransient).toBe(true);
    } finally {
      await moto.open();
    }
  });

  describe('with moto as the judge of rights', () => {
    /** Rights as the template of a golden service has them. */
    const rightsOf = (policy: string) => {
      const { Resources } = parse(readFileSync(TEMPLATE, 'utf8'));
      const { Version, Statement } = Resources[policy].Properties.PolicyDocument;
      // moto knows no resources, and takes texts only.
      return { Version, Statement: Statement.map(({ Action, Effect }: Right) => ({ Action, Effect, Resource: '*' })) };
    };
    const only = (...Action: string[]) => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
    });
    let before: NodeJS.ProcessEnv;
    beforeEach(() => {
      before = { ...process.env };
    });
    afterEach(async () => {
      process.env = before;
      await moto.authorize(false);
    });
    const become = async ({ accessKeyId, secretAccessKey }: Credentials) => {
      process.env['AWS_ACCESS_KEY_ID'] = accessKeyId;
      process.env['AWS_SECRET_ACCESS_KEY'] = secretAccessKey;
      await moto.authorize(true);
      moto.operations = [];
    };

    it('are read with the policy that the template has for that', async () => {
      await become(await moto.user('service', rightsOf('ReadSecrets')));
      expect((await loadProd()).stripe.reveal()).toBe('sk_live_first');
      await expect(store(options).write('STRIPE_API_KEY', 'x')).rejects.toThrow('not authorized');
    });

    it('are seen, and not read, with the policy of who audits', async () => {
      await become(await moto.user('auditor', rightsOf('AuditSecrets')));
      expect(await store(options).describe('STRIPE_API_KEY')).toMatchObject({ changedAt: expect.any(Date) });
      await expect(store(options).read?.('STRIPE_API_KEY')).rejects.toThrow('not authorized');
    });

    it('are replaced with the policy of who rotates', async () => {
      await become(await moto.user('rotator', rightsOf('RotateSecrets')));
      await store(options).write('PARTNER_PASSWORD', 'open sesame');
      expect(await store(options).read?.('PARTNER_PASSWORD')).toBe('open sesame');
    });

    it('stop the start with the rights to grant where they are denied, which no other try would change', async () => {
      await become(await moto.user('stranger', only('s3:GetObject')));
      const { problems, isTransient } = await problemsOf();

      expect(problems).toHaveLength(3);
      expect(problems[0]).toContain(
        'access is denied. Allow secretsmanager:BatchGetSecretValue, secretsmanager:GetSecretValue on the secret',
      );
      expect(isTransient).toBe(false);
    });

    it('are read one by one by a role that may do no more', async () => {
      await become(await moto.user('modest', only('secretsmanager:GetSecretValue')));

      expect((await loadProd()).stripe.reveal()).toBe('sk_live_first');
      expect(moto.operations.sort()).toEqual([
        'BatchGetSecretValue',
        'GetSecretValue',
        'GetSecretValue',
        'GetSecretValue',
      ]);
    });

    it.each([
      ['a key nobody has', { accessKeyId: 'AKIAUNKNOWN' }, 'AWS does not know the credentials'],
      ['a signature by another key', { secretAccessKey: 'c4n4ry' }, 'AWS does not accept the signature'],
    ])('stop the start with %s', async (_, forged, text) => {
      await become({ ...(await moto.user('forger', rightsOf('ReadSecrets'))), ...forged });
      const { problems, isTransient } = await problemsOf();

      expect(problems[0]).toContain(text);
      expect(problems.join()).not.toContain('c4n4ry');
      expect(isTransient).toBe(false);
    });
  });

  it('say which of them AWS denies', async () => {
    const Errors = [{ SecretId: 'orders/prod/STRIPE_API_KEY', ErrorCode: 'AccessDeniedException', Message: 'denied' }];
    moto.refusals = { BatchGetSecretValue: { SecretValues: [], Errors } };
    const { problems } = await problemsOf();

    expect(problems).toEqual([expect.stringMatching(/^STRIPE_API_KEY cannot be read from AWS .*: access is denied/)]);
  });

  it.each([
    ['ExpiredTokenException', 'the AWS credentials have expired', false],
    ['InternalServiceError', 'InternalServiceError', true],
    ['ThrottlingException', 'ThrottlingException', true],
  ])('stop the start on %s, and say whether to try again', async (__type, text, again) => {
    moto.refusals = { BatchGetSecretValue: { __type, message: __type } };
    const { problems, isTransient } = await problemsOf();

    expect(problems[0]).toContain(text);
    expect(isTransient).toBe(again);
  });

  it('are read although AWS is too busy at first', async () => {
    moto.refusals = { BatchGetSecretValue: { __type: 'ThrottlingException', message: 'Rate exceeded' } };
    const loading = loadProd();
    await expect.poll(() => moto.operations.length, { interval: 5 }).toBeGreaterThan(0);
    moto.refusals = {};
    expect((await loading).stripe.reveal()).toBe('sk_live_first');
    expect(moto.operations.length).toBeGreaterThan(1);
  });

  it('are read with other credentials once those in use have expired, whatever they said', async () => {
    let given = 0;
    const agent = createServer((_request, response) => {
      given += 1;
      // As the agent of EKS Pod Identity answers.
      const Expiration = new Date(Date.now() + 3_600_000).toISOString();
      response.end(JSON.stringify({ AccessKeyId: `KEY${given}`, SecretAccessKey: 'x', Token: 'x', Expiration }));
    }).listen(0, '127.0.0.1');
    await once(agent, 'listening');
    const before = { ...process.env };
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name];
    process.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] = `http://127.0.0.1:${(agent.address() as AddressInfo).port}/`;
    try {
      moto.expired = ['KEY1'];
      expect((await loadProd()).stripe.reveal()).toBe('sk_live_first');
      expect(given).toBe(2);
      moto.expired = ['KEY3', 'KEY4'];
      expect((await problemsOf()).problems[0]).toContain('the AWS credentials have expired');
      expect(given).toBe(4);
    } finally {
      process.env = before;
      moto.expired = [];
      agent.close();
    }
  });

  describe('after the start', () => {
    async function follow() {
      const config = await loadProd();
      const lines: Line[] = [];
      const redactor = new Redactor();
      const metrics = createMetrics();
      const { log } = await createLogging({
        service: 'orders',
        version: '1',
        environment: 'prod',
        level: 'info',
        redactor,
        destination: { write: (line) => lines.push(JSON.parse(line)) },
      });
      const following = followSecrets(config, { log, metrics, redactor });
      return { config, lines, metrics, following };
    }

    it('are followed through a rotation without a restart, by one request a round', async () => {
      const config = await loadProd();
      const { SecretRefresh } = await import('../../src/platform/config/refresh.js');
      const { originOf } = await import('../../src/platform/config/load.js');
      const origin = originOf(config);
      if (origin === undefined) throw new Error('no origin');
      const secrets = new SecretRefresh(origin);
      await store(options).write('STRIPE_API_KEY', 'sk_live_second');
      moto.operations = [];
      const { changed, failed } = await secrets.refresh();

      expect(config.stripe.reveal()).toBe('sk_live_second');
      expect(changed).toMatchObject([{ variable: 'STRIPE_API_KEY', version: expect.any(String) }]);
      expect(failed.size).toBe(0);
      expect(moto.operations).toEqual(['BatchGetSecretValue']);
    });

    it('keep the last good value through an outage, and say so in the log and the metrics', async () => {
      const { config, lines, metrics, following } = await followed();
      await moto.shut();
      await following.refresh();
      await following.refresh();

      expect(config.stripe.reveal()).toBe('sk_live_first');
      const outage = await metrics.metrics();
      expect(outage).toContain('secret_stale{variable="STRIPE_API_KEY"} 1');
      expect(outage).toContain('secret_refresh_failures_total{variable="STRIPE_API_KEY"} 2');
      expect(messages(lines, 'cannot be read again')).toHaveLength(3);
      await moto.open();
      await admin.putSecretValue({ SecretId: 'orders/prod/STRIPE_API_KEY', SecretString: 'sk_live_second' });
      await following.refresh();
      expect(config.stripe.reveal()).toBe('sk_live_second');
      expect(await metrics.metrics()).toContain('secret_stale{variable="STRIPE_API_KEY"} 0');
      expect(messages(lines, 'can be read again')).toHaveLength(3);
      expect(JSON.stringify(lines)).not.toContain('sk_live');
      await following.stop();
    });

    it('keep the last good value when what is there now is no valid one', async () => {
      const { config, metrics, following } = await followed();
      await admin.putSecretValue({ SecretId: 'orders/prod/SESSION_KEYS', SecretString: 'short' });
      await following.refresh();

      expect(config.keys?.reveal().current).toBe('a'.repeat(32));
      expect(await metrics.metrics()).toContain('secret_stale{variable="SESSION_KEYS"} 1');
      await following.stop();
    });

    async function followed() {
      const { following, ...rest } = await follow();
      if (following === undefined) throw new Error('nothing to follow');
      return { following, ...rest };
    }
  });

  describe('from the side that writes', () => {
    it('are described without being read', async () => {
      expect(await store(options).describe('STRIPE_API_KEY')).toEqual({
        version: expect.any(String),
        changedAt: expect.any(Date),
      });
      expect(moto.operations).toEqual(['ListSecretVersionIds']);
    });

    it('are asked for their age by a scheduled workflow, in the role that is for that', async () => {
      const workflow = await Workflow.start('repo:acme/orders:ref:refs/heads/main');
      const RUNNER_TEMP = mkdtempSync(join(tmpdir(), 'runner-'));
      const before = { ...process.env };
      for (const key of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[key];
      Object.assign(process.env, workflow.env, { RUNNER_TEMP, AWS_ENDPOINT_URL_STS: moto.url });
      const auditRole = 'arn:aws:iam::123456789012:role/orders-prod-secrets-audit';
      const check = async (days: number) => {
        const output: string[] = [];
        const code = await checkRotation({
          args: ['prod'],
          facts: AUDITED,
          stores: { prod: [store({ ...options, auditRole })] },
          print: (text) => output.push(text),
          now: () => Date.now() + (days + 0.5) * 86_400_000,
        });
        return { code, output: output.join('\n') };
      };
      try {
        moto.operations = [];
        expect(await check(1)).toMatchObject({ code: 0, output: expect.stringContaining('1 days old') });
        expect(moto.operations).toEqual(['/', 'ListSecretVersionIds']);
        expect(workflow.audiences).toEqual(['sts.amazonaws.com']);
        expect(process.env['AWS_ROLE_ARN']).toBe(auditRole);
        const token = process.env['AWS_WEB_IDENTITY_TOKEN_FILE'] ?? '';
        expect(statSync(token).mode & 0o777).toBe(0o600);
        expect(await check(91)).toMatchObject({ code: 1, output: expect.stringContaining('91 days old, 1 overdue') });
        // A tag makes no secret younger, as it would by the date of the last change.
        await admin.tagResource({ SecretId: 'orders/prod/STRIPE_API_KEY', Tags: [{ Key: 'team', Value: 'orders' }] });
        expect((await check(91)).code).toBe(1);
      } finally {
        workflow.close();
        process.env = before;
        rmSync(RUNNER_TEMP, { recursive: true });
      }
    });

    it('are replaced, whole or as the member of an object', async () => {
      const aws = store(options);
      await aws.write('STRIPE_API_KEY', 'sk_live_second');
      await aws.write('PARTNER_PASSWORD', 'open sesame');

      expect(await aws.read?.('STRIPE_API_KEY')).toBe('sk_live_second');
      expect(await aws.read?.('PARTNER_PASSWORD')).toBe('open sesame');
      const { SecretString } = await admin.getSecretValue({ SecretId: 'shared/partners' });
      expect(JSON.parse(SecretString ?? '')).toEqual({ orders: 'open sesame', billing: 'other' });
    });

    it.each(['c4n4ry, no JSON', '["c4n4ry"]'])('are no members of %j, which stays and is not shown', async (text) => {
      await admin.putSecretValue({ SecretId: 'shared/partners', SecretString: text });
      const refused = store(options).write('PARTNER_PASSWORD', 'open sesame');

      await expect(refused).rejects.toThrow('shared/partners holds no JSON object');
      await expect(refused).rejects.not.toThrow('c4n4ry');
      expect((await admin.getSecretValue({ SecretId: 'shared/partners' })).SecretString).toBe(text);
    });

    it('are not there yet, until the template is deployed', async () => {
      await admin.deleteSecret({ SecretId: 'orders/prod/STRIPE_API_KEY', ForceDeleteWithoutRecovery: true });

      expect(await store(options).read?.('STRIPE_API_KEY')).toBeUndefined();
      await expect(store(options).write('STRIPE_API_KEY', 'x')).rejects.toThrow(
        'AWS Secrets Manager in eu-west-1 has no orders/prod/STRIPE_API_KEY. Deploy the template in infrastructure/aws',
      );
    });
  });
});

const TEMPLATE = fileURLToPath(
  new URL('../../../../test/golden/aws/infrastructure/aws/secrets-prod.yaml', import.meta.url),
);

interface Right {
  readonly Action: string | string[];
  readonly Effect: string;
}

/** One secret, which is replaced every 90 days. */
const AUDITED: Facts = {
  service: 'orders',
  environments: ['prod'],
  variables: [
    {
      name: 'STRIPE_API_KEY',
      secret: true,
      states: { prod: 'referenced' },
      rotation: { method: 'manual', days: 90, overlap: false },
    },
  ],
};

function messages(lines: readonly Line[], text: string): Line[] {
  return lines.filter(({ msg }) => msg.includes(text));
}
