// Rotates generated keys as Secrets Manager asks it to, in four steps. It runs in Lambda, which brings the SDK along.
//
// A secret holds keys separated by commas: the one that signs, the one before it, and the one that comes next. All verify. A rotation
// lets the next one sign, which every process has known since the rotation before, so no process meets a key that it does not know.
const { randomBytes } = require('node:crypto');
const {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} = require('@aws-sdk/client-secrets-manager');

const CURRENT = 'AWSCURRENT';
const PENDING = 'AWSPENDING';

const client = new SecretsManagerClient({});

exports.handler = async ({ SecretId, ClientRequestToken, Step }) => {
  switch (Step) {
    case 'createSecret':
      return await create(SecretId, ClientRequestToken);
    case 'setSecret':
      // Nobody else has to be told of a key.
      return undefined;
    case 'testSecret':
      return await test(SecretId, ClientRequestToken);
    case 'finishSecret':
      return await finish(SecretId, ClientRequestToken);
    default:
      throw new Error(`There is no step ${Step}`);
  }
};

/** Asked again after a failure, it makes no second one. */
async function create(SecretId, token) {
  if ((await versionsOf(SecretId))[token]?.includes(PENDING) && (await keysOf(SecretId, PENDING, token)) !== undefined)
    return;
  const keys = (await keysOf(SecretId, CURRENT)) ?? [];
  const SecretString = rotated(keys).join(',');
  await client.send(
    new PutSecretValueCommand({ SecretId, ClientRequestToken: token, SecretString, VersionStages: [PENDING] }),
  );
}

/** Without a next one, the key that signs goes on until the rotation after this one. */
function rotated(keys) {
  const length = Math.max(64, ...keys.map((key) => key.length));
  const [signing = newKey(length), previous = newKey(length), next] = keys;
  return next === undefined ? [signing, previous, newKey(length)] : [next, signing, newKey(length)];
}

async function test(SecretId, token) {
  const keys = (await keysOf(SecretId, PENDING, token)) ?? [];
  if (keys.length !== 3) throw new Error('The new version has no three keys');
}

async function finish(SecretId, token) {
  const versions = await versionsOf(SecretId);
  const current = Object.keys(versions).find((id) => versions[id].includes(CURRENT));
  if (current === token) return;
  await client.send(
    new UpdateSecretVersionStageCommand({
      SecretId,
      VersionStage: CURRENT,
      MoveToVersionId: token,
      RemoveFromVersionId: current,
    }),
  );
}

async function versionsOf(SecretId) {
  const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId }));
  return VersionIdsToStages ?? {};
}

async function keysOf(SecretId, VersionStage, VersionId) {
  try {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId, VersionStage, VersionId }));
    return [...new Set(SecretString.split(/[,\s]+/).filter((key) => key !== ''))];
  } catch (error) {
    if (error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** Four characters are three bytes. */
function newKey(length) {
  return randomBytes(Math.ceil((length * 3) / 4)).toString('base64url');
}
