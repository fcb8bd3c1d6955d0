/** What a registry answers when it is asked for an index of images, or for a single image. */
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

/** Docker Hub answers under another name than its images carry. */
const HOSTS: Record<string, string> = { 'docker.io': 'https://registry-1.docker.io' };

/**
 * Asks a registry which digest a tag stands for now: that of the index, which stands for all platforms.
 *
 * @param image with its registry, such as `docker.io/library/node`
 * @throws Error that says what the registry answered, when it has no index of that name
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 */
export async function digestOf(image: string, tag: string, hosts: Record<string, string> = HOSTS): Promise<string> {
  const [host = '', ...path] = image.split('/');
  const url = `${hosts[host] ?? `https://${host}`}/v2/${path.join('/')}/manifests/${tag}`;
  let response = await ask(url);
  const challenge = response.headers.get('www-authenticate');
  if (response.status === 401 && challenge !== null) {
    response = await ask(url, await tokenFor(challenge));
  }
  const digest = response.headers.get('docker-content-digest');
  if (!response.ok || digest === null || !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new Error(`${image}:${tag} has no digest: ${url} answered ${response.status}`);
  }
  const type = response.headers.get('content-type') ?? '';
  if (!MANIFESTS.includes(type.split(';')[0] || 'nothing')) {
    throw new Error(`${image}:${tag} is for one platform only: ${url} answered with ${type}`);
  }
  return digest;
}

function ask(url: string, token?: string): Promise<Response> {
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(url, {
    method: 'HEAD',
    headers: { accept: MANIFESTS, ...authorization },
    signal: AbortSignal.timeout(30_000),
  });
}

/** Public images are read without an account, but not without a token. */
async function tokenFor(challenge: string): Promise<string> {
  const { realm, ...parameters } = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  ) as Record<string, string>;
  if (realm === undefined) {
    throw new Error(`a registry asks for something else than a token: ${challenge}`);
  }
  const response = await fetch(`${realm}?${new URLSearchParams(parameters)}`, { signal: AbortSignal.timeout(30_000) });
  const { token, access_token: other } = (await response.json()) as { token?: string; access_token?: string };
  const found = token ?? other;
  if (!response.ok || found === undefined) {
    throw new Error(`${realm} gave no token: it answered ${response.status}`);
  }
  return found;
}
