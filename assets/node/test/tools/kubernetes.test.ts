import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compile, remove } from '../support/compile.js';

const DIGEST = `sha256:${'a1'.repeat(32)}`;

const FACTS = {
  service: 'orders',
  image: 'registry.example.com/shop/orders',
  environments: {
    staging: { imageDigest: DIGEST, jobs: [], missing: [], notes: [] },
    prod: {
      jobs: ['orders-migrate-0123456789'],
      missing: [{ what: 'the digest of the image', fix: '--image-digest', option: 'image-digest' }],
      notes: [],
    },
    bare: {
      imageDigest: DIGEST,
      jobs: [],
      missing: [{ what: 'the hosts it answers to', fix: 'kubernetes.environments.bare.hosts' }],
      notes: ['Somebody must make the Secret orders-secrets'],
    },
  },
};

/** Prints what it was asked to build; the real one is tried in the field lane of the library. */
const KUSTOMIZE = '#!/bin/sh\nset -e\n[ "$1" = build ]\necho "# $2"\n/bin/cat "$2/kustomization.yaml"\n';

// Compiled once, because each start of tsx takes longer than the verb itself.
let compiled: string;
beforeAll(() => {
  compiled = compile();
}, 60_000);
afterAll(() => remove(compiled));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'k8s-verbs-'));
  cpSync(join(compiled, 'tools', 'kubernetes'), join(folder, 'tools', 'kubernetes'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'tools', 'kubernetes', 'facts.json'), JSON.stringify(FACTS));
  for (const environment of ['staging', 'prod', 'bare']) {
    const overlay = join(folder, 'k8s', 'overlays', environment);
    mkdirSync(overlay, { recursive: true });
    writeFileSync(join(overlay, 'kustomization.yaml'), `kind: ${environment}\n`);
  }
  mkdirSync(join(folder, 'bin'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('k8s:render', () => {
  it('prints an environment whose image is declared', () => {
    withKustomize();
    expect(verb('render', 'staging')).toEqual({
      status: 0,
      stdout: '# k8s/overlays/staging\nkind: staging\n',
      stderr: '',
    });
  });

  it('asks which image, where none is declared', () => {
    withKustomize();
    const { status, stderr } = verb('render', 'prod');
    expect(status).toBe(1);
    expect(stderr).toContain('k8s:render prod --image-digest sha256:…');
  });

  it('takes a digest, and names the jobs after that release', () => {
    withKustomize();
    const { status, stdout } = verb('render', 'prod', '--image-digest', DIGEST);
    const rendered = JSON.parse(stdout.slice(stdout.indexOf('\n')));

    expect(status).toBe(0);
    expect(rendered).toMatchObject({
      resources: ['../prod'],
      images: [{ name: 'registry.example.com/shop/orders', digest: DIGEST }],
      patches: [{ target: { kind: 'Job', name: 'orders-migrate-0123456789' } }],
    });
    const [{ value: name }] = JSON.parse(rendered.patches[0].patch);
    expect(name).toMatch(/^orders-migrate-[0-9a-f]{10}$/);
    expect(name).not.toBe('orders-migrate-0123456789');
    expect(verb('render', 'prod', '--image-digest', DIGEST).stdout).toContain(name);
    expect(verb('render', 'prod', '--image-digest', DIGEST.replace('a', 'b')).stdout).not.toContain(name);
  });

  it('prints nothing that somebody could apply while anything is missing, unless it is only looked at', () => {
    withKustomize();
    const refused = verb('render', 'bare');
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toContain('Not configured for bare: the hosts it answers to');
    expect(refused.stderr).toContain('--incomplete');
    expect(verb('render', 'bare', '--incomplete')).toMatchObject({
      status: 0,
      stdout: '# k8s/overlays/bare\nkind: bare\n',
      stderr: expect.stringContaining('the hosts it answers to'),
    });
  });

  it.each([
    ['no environment', [], 'Say which environment'],
    ['an unknown environment', ['qa'], 'There are some for: staging, prod, bare.'],
    ['a member of every object', ['constructor'], 'There are no manifests for the environment "constructor"'],
    ['a tag', ['prod', '--image-digest', 'latest'], '"latest" is no digest'],
    ['an unknown option', ['prod', '--image', 'x'], "Unknown option '--image'"],
  ])('refuses %s', (_, args, message) => {
    withKustomize();
    const { status, stderr } = verb('render', ...args);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
  });
});

describe('k8s:check', () => {
  it('passes an environment in which everything is configured', () => {
    withKustomize();
    expect(verb('check', 'staging')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('staging is configured'),
    });
  });

  it('names what is missing and how to mend it', () => {
    withKustomize();
    expect(verb('check', 'bare')).toEqual({
      status: 1,
      stdout: 'Somebody must make the Secret orders-secrets.\n',
      stderr: 'Not configured for bare: the hosts it answers to. Set kubernetes.environments.bare.hosts.\n',
    });
  });

  it('builds every environment when none is named', () => {
    withKustomize();
    expect(verb('check')).toMatchObject({
      status: 0,
      stdout: 'The manifests of staging, prod, bare can be put together.\n',
    });
  });

  it('says what an overlay that cannot be built is, in the words of kustomize', () => {
    withKustomize();
    rmSync(join(folder, 'k8s', 'overlays', 'staging', 'kustomization.yaml'));
    const { status, stderr } = verb('check', 'staging');
    expect(status).toBe(1);
    expect(stderr).toContain('kustomize build k8s/overlays/staging failed:');
  });

  it('needs one of two programs, and says so', () => {
    const { status, stderr } = verb('check', 'staging');
    expect(status).toBe(1);
    expect(stderr).toContain('Neither kustomize nor kubectl is installed');
  });
});

function withKustomize(): void {
  const path = join(folder, 'bin', 'kustomize');
  writeFileSync(path, KUSTOMIZE);
  chmodSync(path, 0o755);
}

function verb(name: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  // Nothing but what the test brings, so that no kubectl of this machine is found.
  const PATH = join(folder, 'bin');
  const { status, stdout, stderr } = spawnSync(process.execPath, [join('tools', 'kubernetes', `${name}.js`), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}
