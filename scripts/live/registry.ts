import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { LIBRARY } from './package';

const MANIFEST: { name: string; version: string } = JSON.parse(readFileSync(join(LIBRARY, 'package.json'), 'utf8'));

export interface Registry {
  /** What makes npm ask this registry for the scope of the library, and its usual one for all else. */
  readonly env: Record<string, string>;
  close(): Promise<void>;
}

/**
 * An npm registry with one package, the library: what it will be like to install it once it is published.
 *
 * @param tarball the packed library
 * @param version what it is published as
 */
export async function serveLibrary(tarball: string, version = MANIFEST.version): Promise<Registry> {
  const bytes = readFileSync(tarball);
  const { name } = MANIFEST;
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  const server = createServer((request, response) => {
    if (request.url === '/library.tgz') {
      response.end(bytes);
    } else if (decodeURIComponent(request.url ?? '') === `/${name}`) {
      const dist = { tarball: `${origin}/library.tgz`, integrity };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          name,
          'dist-tags': { latest: version },
          versions: { [version]: { ...MANIFEST, version, dist } },
        }),
      );
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    env: { [`npm_config_${name.split('/')[0]}:registry`]: `${origin}/` },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
