import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KeyRing } from '../../src/platform/config/key-ring.js';
import { keys as keysType } from '../../src/platform/config/types.js';
import { inLane } from '../tools/lane.js';
import { Moto, REGION } from './moto.js';

const SecretId = 'orders/prod/SESSION_KEYS';
const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];
const FIRST = 'first'.repeat(10);

type Handler = (event: { SecretId: string; ClientRequestToken: string; Step: string }) => Promise<void>;

// There is no Lambda here: the function of the template is called as Secrets Manager calls it, against moto.
describe.runIf(inLane('aws'))('the function that rotates keys in AWS', { timeout: 30_000 }, () => {
  let moto: Moto;
  let admin: SecretsManager;
  let handler: Handler;

  beforeAll(async () => {
    moto = await Moto.start();
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'anyone', AWS_SECRET_ACCESS_KEY: 'anything', AWS_REGION: REGION });
    process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = moto.url;
    admin = new SecretsManager({ region: REGION, endpoint: moto.url });
    ({ handler } = createRequire(import.meta.url)('../../lambda/rotate-keys.cjs') as { handler: Handler });
  });
  afterAll(() => moto.stop());
  beforeEach(async () => {
    await moto.reset();
    await admin.createSecret({ Name: SecretId, SecretString: FIRST });
  });

  // AWS gives the current version to who names none; moto gives the newest.
  const textOf = async (VersionStage = 'AWSCURRENT') =>
    (await admin.getSecretValue({ SecretId, VersionStage })).SecretString ?? '';
  /** As the service reads it: what is not of the type throws. */
  const ringOf = (text: string): KeyRing => keysType().schema.parse(text);
  const rotate = async (ClientRequestToken: string = randomUUID()) => {
    for (const Step of STEPS) await handler({ SecretId, ClientRequestToken, Step });
  };

  it('lets no process meet a key that it does not know, however late it reads', async () => {
    const texts = [FIRST];
    for (let rotation = 0; rotation < 4; rotation++) {
      await rotate();
      texts.push(await textOf());
    }
    for (const [index, text] of texts.slice(1).entries()) {
      const [late, early] = [ringOf(texts[index] ?? ''), ringOf(text)];
      if (index > 0) expect(late.verify('a session', early.sign('a session'))).toBe(true);
      expect(early.verify('a session', late.sign('a session'))).toBe(true);
    }
    // The first rotation only adds the key that comes next; from then on another one signs each time.
    const signing = texts.map((text) => ringOf(text).current);
    expect(signing.slice(0, 2)).toEqual([FIRST, FIRST]);
    expect(new Set(signing.slice(1)).size).toBe(4);
    // What is two rotations old verifies no more.
    expect(ringOf(texts[4] ?? '').verify('a session', ringOf(texts[2] ?? '').sign('a session'))).toBe(false);
  });

  it('goes on from what secrets:rotate left behind, which signs on', async () => {
    const left = `${'new'.repeat(12)},${'old'.repeat(12)}`;
    await admin.putSecretValue({ SecretId, SecretString: left });
    await rotate();
    const ring = ringOf(await textOf());

    expect(ring.current).toBe('new'.repeat(12));
    expect(ring.all).toHaveLength(3);
    expect(ring.all[1]).toBe('old'.repeat(12));
  });

  it('makes the first keys of a secret that has none', async () => {
    await admin.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true });
    await admin.createSecret({ Name: SecretId });
    await handler({ SecretId, ClientRequestToken: randomUUID(), Step: 'createSecret' });

    expect(new Set(ringOf(await textOf('AWSPENDING')).all).size).toBe(3);
  });

  it('makes no second version when it is asked again, and keys as long as those before', async () => {
    await admin.putSecretValue({ SecretId, SecretString: 'long'.repeat(40) });
    const token = randomUUID();
    await handler({ SecretId, ClientRequestToken: token, Step: 'createSecret' });
    const made = await textOf('AWSPENDING');
    await rotate(token);

    expect(await textOf()).toBe(made);
    await handler({ SecretId, ClientRequestToken: token, Step: 'finishSecret' });
    expect(await textOf()).toBe(made);
    expect(made.split(',').map((key) => key.length)).toEqual([160, 160, 160]);
  });

  it('says what is wrong without what the secret holds', async () => {
    const ClientRequestToken = randomUUID();
    await admin.putSecretValue({
      SecretId,
      SecretString: 'c4n4ry',
      ClientRequestToken,
      VersionStages: ['AWSPENDING'],
    });

    await expect(handler({ SecretId, ClientRequestToken, Step: 'testSecret' })).rejects.toThrow(
      /^The new version has no three keys$/,
    );
    await expect(handler({ SecretId, ClientRequestToken, Step: 'dance' })).rejects.toThrow('There is no step dance');
    expect(await textOf()).toBe(FIRST);
  });
});
