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

describe('looking up a digest', () => {
  it('asks for the index, with a token when the registry wants one', async () => {
    const hosts = await registry((request, response, origin) => {
      if (request.url === '/token?service=registry&scope=repository%3Alibrary%2Fnode%3Apull') {
        response.end(JSON.stringify({ token: 'anonymous' }));
      } else if (request.headers.authorization !== 'Bearer anonymous') {
        const challenge = `Bearer realm="${origin}/token",service="registry",scope="repository:library/node:pull"`;
        response.writeHead(401, { 'www-authenticate': challenge }).end();
      } else {
        const known = request.method === 'HEAD' && request.url === '/v2/library/node/manifests/24';
        response.writeHead(known ? 200 : 404, { 'docker-content-digest': DIGEST, 'content-type': INDEX }).end();
      }
    });
    expect(await digestOf('docker.io/library/node', '24', hosts)).toBe(DIGEST);
    await expect(digestOf('docker.io/library/node', '25', hosts)).rejects.toThrow('node:25 has no digest');
  });

  it('refuses an image for one platform, whose digest would break all others', async () => {
    const hosts = await registry((_, response) =>
      response
        .writeHead(200, {
          'docker-content-digest': DIGEST,
          'content-type': 'application/vnd.oci.image.manifest.v1+json',
        })
        .end(),
    );
    await expect(digestOf('docker.io/library/node', '24', hosts)).rejects.toThrow('is for one platform only');
  });

  it('refuses what is no digest', async () => {
    const hosts = await registry((_, response) =>
      response.writeHead(200, { 'docker-content-digest': 'latest', 'content-type': INDEX }).end(),
    );
    await expect(digestOf('docker.io/library/node', '24', hosts)).rejects.toThrow('has no digest');
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
