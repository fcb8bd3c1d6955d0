import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { environmentOf, Failure, readFacts, run, tellMissing } from './facts.js';
import { build } from './kustomize.js';

const USAGE = 'k8s:render <environment> [--image-digest sha256:…] [--incomplete]';
const OVERLAYS = join('k8s', 'overlays');

run(() => {
  const { environment, digest, incomplete } = readArguments();
  const facts = readFacts();
  const { imageDigest, jobs, missing } = environmentOf(facts, environment);
  if (digest === undefined && imageDigest === undefined) {
    throw new Failure(
      `Which image? Give its digest: k8s:render ${environment} --image-digest sha256:…, or declare it for ${environment} in .projenrc.ts.`,
    );
  }
  const lacking = missing.filter(({ option }) => option !== 'image-digest');
  tellMissing(environment, lacking);
  if (lacking.length > 0 && !incomplete) {
    throw new Failure('Nothing is printed, so that nobody applies it. To look at it as it is, add --incomplete.');
  }
  process.stdout.write(
    digest === undefined
      ? build(join(OVERLAYS, environment))
      : withImage(environment, jobs, { name: facts.image, digest }),
  );
});

function readArguments(): { environment: string; digest: string | undefined; incomplete: boolean } {
  const { positionals, values } = parsed();
  const [environment] = positionals;
  const digest = values['image-digest'];
  if (environment === undefined || positionals.length > 1) throw new Failure(`Say which environment: ${USAGE}`);
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new Failure(`"${digest}" is no digest: it is "sha256:" and 64 hexadecimal digits, as the registry shows it.`);
  }
  return { environment, digest, incomplete: values.incomplete ?? false };
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { 'image-digest': { type: 'string' }, incomplete: { type: 'boolean' } },
    });
  } catch (error) {
    throw new Failure(`${(error as Error).message}. ${USAGE}`);
  }
}

/** The overlay with another image, and jobs named after that release. */
function withImage(environment: string, jobs: readonly string[], image: { name: string; digest: string }): string {
  const { digest } = image;
  // Beside the overlays, because kustomize follows relative paths only.
  const folder = mkdtempSync(join(OVERLAYS, '.render-'));
  try {
    const version = digest.replace('sha256:', '').slice(0, 12);
    const kustomization = {
      resources: [relative(folder, join(OVERLAYS, environment))],
      images: [image],
      labels: [
        {
          pairs: { 'app.kubernetes.io/version': version },
          includeSelectors: false,
          includeTemplates: true,
        },
      ],
      patches: jobs.map((name) => ({
        target: { kind: 'Job', name },
        patch: JSON.stringify([{ op: 'replace', path: '/metadata/name', value: renamed(name, digest) }]),
      })),
    };
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
    return build(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Another release has another name, and the same release the same one. */
function renamed(name: string, digest: string): string {
  const release = createHash('sha256').update(`${name}\n${digest}`).digest('hex').slice(0, 10);
  return `${name.slice(0, name.lastIndexOf('-'))}-${release}`;
}
