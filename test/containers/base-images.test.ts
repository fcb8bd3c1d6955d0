import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import baseImages from '../../assets/containers/base-images.json';
import { digestOf } from '../../scripts/base-images/registry';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const INDEX = 'application/vnd.oci.image.index.v1+json';

describe('the pinned images', () => {
  it.each(Object.entries(baseImages))(
    '%s has a registry, a tag of one version and a digest',
    (_, { image, tag, digest }) => {
      expect(image).toMatch(/^[a-z0-9.-]+\.[a-z]+\/[a-z0-9/-]+$/);
      expect(tag).not.toBe('latest');
      expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    },
  );

  it('are all different bytes', () => {
    const digests = Object.values(baseImages).map(({ digest }) => digest);
    expect(new Set(digests).size).toBe(digests.length);
  });
});

/** What a registry of an image for two platforms keeps. */
const platform = (architecture: string) => ({ digest: DIGEST, platform: { os: 'linux', architecture } });
const BOTH = JSON.stringify({ manifests: [platform('amd64'), platform('arm64'), { digest: DIGEST }] });
const digest = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** Answers as a registry does that has one image under one tag. */
function serves(text: string, { type = INDEX, stated = digest(text) } = {}) {
  return (request: IncomingMessage, response: ServerResponse) => {
    const known = [`/v2/library/node/manifests/24`, `/v2/library/node/manifests/${stated}`].includes(request.url ?? '');
    response.writeHead(known ? 200 : 404, { 'docker-content-digest': stated, 'content-type': type });
    response.end(known && request.method === 'GET' ? text : undefined);
  };
}

// Real registries cannot be reached from everywhere, so a server of the test's own answers as they do.
describe('looking up a digest', () => {
  it('asks for the index, with one token for all questions when the registry wants one', async () => {
    let tokens = 0;
    const hosts = await registry((request, response, origin) => {
      if (request.url === '/token?service=registry&scope=repository%3Alibrary%2Fnode%3Apull') {
        tokens++;
        response.end(JSON.stringify({ token: 'anonymous' }));
      } else if (request.headers.authorization !== 'Bearer anonymous') {
        const challenge = `Bearer realm="${origin}/token",service="registry",scope="repository:library/node:pull"`;
        response.writeHead(401, { 'www-authenticate': challenge }).end();
      } else {
        serves(BOTH)(request, response);
      }
    });
    expect(await digestOf('docker.io/library/node', '24', { hosts })).toBe(digest(BOTH));
    expect(tokens).toBe(1);
  });

  it.each([
    ['a password', 401, { 'www-authenticate': 'Basic service="private"' }, 'asks for something else than a token'],
    ['nobody', 403, {}, 'answered 403'],
  ])('says when a registry wants %s', async (_, status, headers: Record<string, string>, message) => {
    const hosts = await registry((_request, response) => response.writeHead(status, headers).end());
    await expect(digestOf('docker.io/library/node', '24', { hosts })).rejects.toThrow(message);
  });

  it('says which tag is not there', async () => {
    const hosts = await registry(serves(BOTH));
    await expect(digestOf('docker.io/library/node', '25', { hosts })).rejects.toThrow('node:25 is not there');
  });

  it.each([
    ['seconds', '7', 7_000],
    ['a date that is past', 'Wed, 21 Oct 2015 07:28:00 GMT', 0],
    ['nothing', undefined, 5_000],
    ['too long a time', '9000', 60_000],
  ])('waits for a registry that is asked too often, which says %s', async (_, retryAfter, wait) => {
    const waits: number[] = [];
    let refused = 0;
    const hosts = await registry((request, response) =>
      refused++ === 0
        ? void response.writeHead(429, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end()
        : serves(BOTH)(request, response),
    );
    const sleep = async (millis: number) => void waits.push(millis);
    expect(await digestOf('docker.io/library/node', '24', { hosts, sleep })).toBe(digest(BOTH));
    expect(waits).toEqual([wait]);
  });

  it.each([
    ['is not up', (response: ServerResponse) => void response.writeHead(503).end()],
    ['resets the connection', (response: ServerResponse) => void response.destroy()],
    [
      'does so in the middle of an answer',
      (response: ServerResponse) => {
        // What is asked by HEAD has no middle.
        if (response.req.method !== 'HEAD') response.writeHead(200, { 'content-length': 1000 }).flushHeaders();
        setImmediate(() => response.destroy());
      },
    ],
  ])('asks a registry again that %s, and for a token too', async (_, fail) => {
    const asked = new Map<string, number>();
    const hosts = await registry((request, response, origin) => {
      const question = `${request.method} ${request.url} ${request.headers.authorization}`;
      asked.set(question, (asked.get(question) ?? 0) + 1);
      if (asked.get(question) === 1) {
        fail(response);
      } else if (request.url?.startsWith('/token')) {
        response.end(JSON.stringify({ token: 'anonymous' }));
      } else if (request.headers.authorization === undefined) {
        response.writeHead(401, { 'www-authenticate': `Bearer realm="${origin}/token"` }).end();
      } else {
        serves(BOTH)(request, response);
      }
    });
    const sleep = async () => undefined;
    expect(await digestOf('docker.io/library/node', '24', { hosts, sleep })).toBe(digest(BOTH));
    expect([...asked.values()]).toEqual([2, 2, 2, 2]);
  });

  it.each([
    ['refuses', (response: ServerResponse) => void response.writeHead(429).end(), 'is asked too often'],
    ['is not up', (response: ServerResponse) => void response.writeHead(503).end(), 'answered 503'],
    ['resets the connection', (response: ServerResponse) => void response.destroy(), 'does not answer: other side'],
  ])('gives up on a registry that goes on and %s', async (_, fail, message) => {
    const hosts = await registry((_request, response) => fail(response));
    const sleep = async () => undefined;
    await expect(digestOf('docker.io/library/node', '24', { hosts, sleep })).rejects.toThrow(message);
  });

  it.each([
    [
      'an image for one platform, whose digest would break all others',
      serves('{}', { type: 'application/vnd.oci.image.manifest.v1+json' }),
      'is for one platform only',
    ],
    [
      'an index without a platform that images are built for',
      serves(JSON.stringify({ manifests: [platform('amd64')] })),
      'is not made for linux/arm64',
    ],
    ['an index that is not what its digest says', serves(BOTH, { stated: DIGEST }), 'is not what its digest says'],
    ['what is no digest', serves(BOTH, { stated: 'latest' }), 'has no digest'],
  ])('refuses %s', async (_, answer, message) => {
    const hosts = await registry(answer);
    await expect(digestOf('docker.io/library/node', '24', { hosts })).rejects.toThrow(message);
  });
});

async function registry(
  answer: (request: IncomingMessage, response: ServerResponse, origin: string) => void,
): Promise<Record<string, string>> {
  const server = createServer((request, response) => answer(request, response, origin));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { 'docker.io': origin };
}
