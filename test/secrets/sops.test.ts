import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { javascript, Project } from 'projen';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SecretsConfig, SecretsProvider, SopsFormat, type SopsOptions, SopsRecipient } from '../../src/secrets';
import { age } from '../support/age-keys';
import { type Files, inFolder, synth } from '../support/synth';
import { hasTool } from './tools';

const ALICE = SopsRecipient.age('Alice', age.alice);
const CLUSTER = SopsRecipient.age('production cluster', age.prod);
const ONCALL = SopsRecipient.pgp('on call', '85D7 7543 B3D6 24B6 3CEA  9E6D BC17 301B 491B 3F21');

const RECIPIENTS = { staging: [ALICE], prod: [CLUSTER, ONCALL] };

function declare(project: Project, options: SopsOptions): SecretsConfig {
  const config = new SecretsConfig(project);
  config.add('API_KEY', { secret: true, description: 'Charges cards' });
  config.add('SPARE_KEY', { secret: true, description: 'Charges cards too', requiredIn: ['prod'] });
  config.use(SecretsProvider.sops(options), { environments: ['staging', 'prod'] });
  return config;
}

function nodeFiles(options: SopsOptions): Files {
  return synth((outdir) => {
    const project = new javascript.NodeProject({ name: 'orders', outdir, defaultReleaseBranch: 'main' });
    declare(project, options);
    return project;
  });
}

function plainFiles(options: SopsOptions): Files {
  return synth((outdir) => declare(new Project({ name: 'orders', outdir }), options).project);
}

describe('SOPS', () => {
  it('encrypts the file of each environment for its recipients, and says whose keys they are', () => {
    const file = nodeFiles({ recipients: RECIPIENTS })['.sops.yaml'] ?? '';
    expect(parse(file)).toEqual({
      creation_rules: [
        {
          path_regex: '^secrets/prod\\.enc\\.yaml$',
          age: [age.prod],
          pgp: ['85D77543B3D624B63CEA9E6DBC17301B491B3F21'],
        },
        { path_regex: '^secrets/staging\\.enc\\.yaml$', age: [age.alice] },
      ],
    });
    expect(file).toContain(`- ${age.prod} # production cluster`);
    expect(file).toContain('- 85D77543B3D624B63CEA9E6DBC17301B491B3F21 # on call');
  });

  it('tells the verbs what each environment keeps and can do without', () => {
    const stores = nodeFiles({ recipients: RECIPIENTS })['tools/secret-stores.ts'] ?? '';
    expect(stores).toContain("import { sops } from './secrets-sops/store.js';");
    expect(stores.replace(/\s+/g, ' ')).toContain(
      `staging: [ sops({ environment: 'staging', file: 'secrets/staging.enc.yaml', recipients: ['${age.alice}'], variables: ['API_KEY', 'SPARE_KEY'], optional: ['SPARE_KEY'], }), ]`,
    );
  });

  it('brings its verbs, and a check that needs no key', () => {
    const files = nodeFiles({ recipients: RECIPIENTS });
    const { tasks } = JSON.parse(files['.projen/tasks.json'] ?? '');
    for (const verb of ['secrets:edit', 'secrets:rekey', 'secrets:run', 'secrets:pull', 'sops:check']) {
      expect(tasks[verb].steps).toEqual([{ execArgs: expect.arrayContaining(['tsx']), receiveArgs: true }]);
    }
    expect(files['.gitignore']).toMatch(/^\/\.secrets\/$/m);
    expect(JSON.parse(files['package.json'] ?? '').devDependencies).toHaveProperty('yaml');
  });

  it('states where each secret is, for what mounts it', () => {
    inFolder((outdir) => {
      const { service } = declare(new Project({ name: 'orders', outdir }), {
        recipients: RECIPIENTS,
        format: SopsFormat.DOTENV,
      });
      expect(service.secretStores.map(({ name, storeKind, settings }) => [name, storeKind, settings])).toEqual([
        ['sops in prod', 'sops', { file: 'secrets/prod.enc.env' }],
        ['sops in staging', 'sops', { file: 'secrets/staging.enc.env' }],
      ]);
      expect(service.tryFindSecretReference('API_KEY', 'prod')).toMatchObject({
        key: 'secrets/prod.enc.env',
        property: 'API_KEY',
      });
    });
  });

  it('works without Node, as far as that goes', () => {
    const files = plainFiles({ recipients: RECIPIENTS });
    expect(files).toHaveProperty(['.sops.yaml']);
    expect(files['.env.prod']).toContain('# API_KEY: secret, from SOPS, secrets/prod.enc.yaml#API_KEY');
    expect(Object.keys(files).filter((path) => path.startsWith('tools'))).toEqual([]);
  });

  it('may be chosen twice, with recipients of its own for each environment', () => {
    const files = synth((outdir) => {
      const project = new javascript.NodeProject({ name: 'orders', outdir, defaultReleaseBranch: 'main' });
      const config = new SecretsConfig(project);
      config.add('API_KEY', { secret: true, description: 'Charges cards' });
      config.use(SecretsProvider.sops({ recipients: { prod: [CLUSTER] } }), { environments: ['prod'] });
      config.use(SecretsProvider.sops({ recipients: { dev: [ALICE] }, format: SopsFormat.DOTENV }), {
        environments: ['dev'],
      });
      return project;
    });
    expect(parse(files['.sops.yaml'] ?? '').creation_rules).toEqual([
      { path_regex: '^secrets/dev\\.enc\\.env$', age: [age.alice] },
      { path_regex: '^secrets/prod\\.enc\\.yaml$', age: [age.prod] },
    ]);
  });

  it('refuses what nobody could decrypt, or anybody could', () => {
    const secretKey = 'AGE-SECRET-KEY-1C4N4RYC4N4RYC4N4RY';
    const recipients = {
      dev: [ALICE],
      prod: [
        SopsRecipient.age('Bob', secretKey),
        SopsRecipient.age('Carol', 'age1short'),
        SopsRecipient.pgp('Dave', '491B3F21'),
        SopsRecipient.age('', age.alice),
        ALICE,
      ],
    };
    expect(() => plainFiles({ recipients })).toThrowErrorMatchingInlineSnapshot(`
      [ContradictionError: service "orders" has 7 problems; nothing was written

        1. SOPS recipients: are named for an environment whose secrets SOPS does not keep (got "dev")
           fix: name recipients for staging, prod, or choose SOPS for that environment too
        2. SOPS recipients of prod: do not say in a line whose key one is (got "")
           fix: name its owner, such as "Alice" or "production cluster"
        3. SOPS recipients of prod: hold a private key, of Bob
           fix: make a new key, and name its public part: age-keygen -y <file>
        4. SOPS recipients of prod: hold something that is no PGP fingerprint, of Dave (got "491B3F21")
           fix: name all 40 digits that gpg --fingerprint prints
        5. SOPS recipients of prod: hold something that is no public age key, of Carol (got "age1short")
           fix: name what age-keygen -y prints: age1…
        6. SOPS recipients of prod: name a key twice (got "age1pt9kgnksfu4wx6fedecdy0sqxr6pwhyuys6t8cpdpm34w7fk6pwqc7ve2t")
           fix: name it once
        7. SOPS recipients of staging: are none, so nobody could encrypt or decrypt
           fix: name at least one: recipients: { staging: [SopsRecipient.age('…', 'age1…')] }
      ]
    `);
    expect(() => plainFiles({ recipients })).not.toThrow(/c4n4ry/i);
  });
});

describe.skipIf(!hasTool('sops'))('the real sops', () => {
  const encrypt = (files: Files, file: string) =>
    inFolder((folder) => {
      writeFileSync(join(folder, '.sops.yaml'), files['.sops.yaml'] ?? '');
      const args = ['encrypt', '--filename-override', file];
      return spawnSync('sops', args, { cwd: folder, input: 'API_KEY: c4n4ry\n', encoding: 'utf8' });
    });

  it('encrypts by these rules, for these recipients and nothing else', () => {
    const files = nodeFiles({ recipients: { staging: [ALICE, CLUSTER], prod: [CLUSTER] } });
    const { status, stdout } = encrypt(files, 'secrets/staging.enc.yaml');
    expect({ status, leaked: stdout.includes('c4n4ry') }).toEqual({ status: 0, leaked: false });
    expect(parse(stdout).sops.age.map(({ recipient }: { recipient: string }) => recipient)).toEqual([
      age.alice,
      age.prod,
    ]);
    for (const stranger of ['secrets/dev.enc.yaml', 'secrets/prodxenc.yaml', 'other/secrets/prod.enc.yaml']) {
      expect(encrypt(files, stranger), stranger).toMatchObject({ status: 1, stdout: '' });
    }
  });
});
