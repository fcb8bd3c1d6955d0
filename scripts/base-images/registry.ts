import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';

/** What a registry answers when it is asked for an index of images, or for a single image. */
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

/** Docker Hub answers under another name than its images carry. */
const HOSTS: Record<string, string> = { 'docker.io': 'https://registry-1.docker.io' };

/** What images are built for, so their bases must exist for it. */
const PLATFORMS = ['linux/amd64', 'linux/arm64'];

/** How often a registry is asked that refuses for now or does not answer, and how long it is waited for at most. */
const ATTEMPTS = 4;
const LONGEST_WAIT = 60_000;

/** How to reach registries; tests have their own. */
export interface Registries {
  readonly hosts?: Record<string, string>;
  readonly sleep?: Sleep;
}

type Sleep = (millis: number) => Promise<unknown>;

/** An answer that has come as a whole. */
interface Answer {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * Asks a registry which digest a tag stands for now: that of the index, which stands for all platforms.
 *
 * The index itself is read as well: what is pinned must be what its digest says, and must have every platform that images are built for.
 *
 * @param image with its registry, such as `docker.io/library/node`
 * @throws Error that says what the registry answered, when it has no index of that name
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 */
export async function digestOf(image: string, tag: string, { hosts = HOSTS, sleep }: Registries = {}): Promise<string> {
  const [host = '', ...path] = image.split('/');
  const folder = `${hosts[host] ?? `https://${host}`}/v2/${path.join('/')}/manifests`;
  const ask = asker(sleep);
  const response = await ask('HEAD', `${folder}/${tag}`);
  const digest = response.headers.get('docker-content-digest');
  if (response.status === 404) {
    throw new Error(`${image}:${tag} is not there: name a tag that exists in assets/containers/base-images.json`);
  }
  if (!response.ok || digest === null || !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new Error(`${image}:${tag} has no digest: ${folder}/${tag} answered ${response.status}`);
  }
  const type = response.headers.get('content-type') ?? '';
  if (!MANIFESTS.includes(type.split(';')[0] || 'nothing')) {
    throw new Error(`${image}:${tag} is for one platform only: ${folder}/${tag} answered with ${type}`);
  }
  const index = await ask('GET', `${folder}/${digest}`);
  if (!index.ok || `sha256:${createHash('sha256').update(index.text).digest('hex')}` !== digest) {
    throw new Error(`${image}:${tag} is not what its digest says: ${folder}/${digest} answered ${index.status}`);
  }
  const missing = PLATFORMS.filter((platform) => !platformsOf(index.text).includes(platform));
  if (missing.length > 0) {
    throw new Error(`${image}:${tag} is not made for ${missing.join(' and ')}`);
  }
  return digest;
}

function platformsOf(index: string): string[] {
  const { manifests = [] } = JSON.parse(index) as {
    manifests?: Array<{ platform?: { os: string; architecture: string } }>;
  };
  return manifests.flatMap(({ platform }) => (platform ? [`${platform.os}/${platform.architecture}`] : []));
}

/** Asks one repository; the token it gives is good for all questions about it. */
function asker(sleep: Sleep = (millis) => setTimeout(millis)) {
  let token: string | undefined;
  return async (method: string, url: string): Promise<Answer> => {
    const ask = () => {
      const headers = { accept: MANIFESTS, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
      return patiently(sleep, url, { method, headers });
    };
    const answer = await ask();
    const challenge = answer.headers.get('www-authenticate');
    if (answer.status !== 401 || challenge === null || token !== undefined) {
      return answer;
    }
    token = await tokenFor(sleep, challenge);
    return ask();
  };
}

/** Asks until there is an answer that will be the same the next time, or none comes. */
async function patiently(sleep: Sleep, url: string, init: RequestInit = {}): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await answerOf(url, init);
    const isLost = answer instanceof Error;
    if (!isLost && answer.status !== 429 && answer.status < 500) {
      return answer;
    }
    if (attempt === ATTEMPTS) {
      throw new Error(`${url} ${isLost ? `does not answer: ${reasonOf(answer)}` : refusal(answer)}`);
    }
    await sleep(waitOf(isLost ? null : answer.headers.get('retry-after'), attempt));
  }
}

function refusal({ status }: Answer): string {
  return status === 429 ? 'is asked too often by this address: try again in an hour' : `answered ${status}`;
}

/** The words of `fetch` are the same for everything; what happened is its cause. */
function reasonOf({ message, cause }: Error): string {
  return cause instanceof Error ? cause.message : message;
}

async function answerOf(url: string, init: RequestInit): Promise<Answer | Error> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
    const { ok, status, headers } = response;
    return { ok, status, headers, text: await response.text() };
  } catch (error) {
    return error as Error;
  }
}

/** As long as the registry says, by seconds or by a date; a little longer each time where it says nothing. */
function waitOf(retryAfter: string | null, attempt: number): number {
  const millis = /^\d+$/.test(retryAfter ?? '')
    ? Number(retryAfter) * 1_000
    : Date.parse(retryAfter ?? '') - Date.now();
  return Math.min(LONGEST_WAIT, Math.max(0, Number.isNaN(millis) ? attempt * 5_000 : millis));
}

/** Public images are read without an account, but not without a token. */
async function tokenFor(sleep: Sleep, challenge: string): Promise<string> {
  const { realm, ...parameters } = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  ) as Record<string, string>;
  if (realm === undefined) {
    throw new Error(`a registry asks for something else than a token: ${challenge}`);
  }
  const { ok, status, text } = await patiently(sleep, `${realm}?${new URLSearchParams(parameters)}`);
  const { token, access_token: other } = (ok ? JSON.parse(text) : {}) as { token?: string; access_token?: string };
  const found = token ?? other;
  if (found === undefined) {
    throw new Error(`${realm} gave no token: it answered ${status}`);
  }
  return found;
}
