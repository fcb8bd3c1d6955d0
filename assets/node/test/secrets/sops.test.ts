import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { problemsOf } from '../../tools/secrets-sops/check.js';
import { SopsStore, type SopsStoreOptions } from '../../tools/secrets-sops/store.js';
import { hasTool } from './lane.js';
import { ScratchProject } from './scratch-project.js';

const CANARY = 'c4n4ry-value\nwith "quotes", a \\ and ünïcödé';
const FILE = 'secrets/prod.enc.yaml';

describe.skipIf(!hasTool('sops') || !hasTool('age-keygen'))('SOPS', { timeout: 60_000 }, () => {
  const project = new ScratchProject(['secrets-sops', 'secrets-files']);
  let alice: Key;
  let bob: Key;

  interface Key {
    readonly file: string;
    readonly recipient: string;
  }

  const keygen = (name: string): Key => {
    const file = project.path(`${name}.key`);
    project.run('age-keygen', ['-o', file]);
    return { file, recipient: project.run('age-keygen', ['-y', file]).stdout.trim() };
  };

  /** What `npx projen` prints for these recipients. */
  const declare = (recipients: readonly string[], more: Partial<SopsStoreOptions> = {}): SopsStoreOptions => {
    const options = {
      environment: 'prod',
      file: FILE,
      recipients,
      variables: ['API_KEY', 'DATABASE_URL', 'SPARE_KEY'],
      optional: ['SPARE_KEY'],
      ...more,
    };
    const isPgp = (key: string) => !key.startsWith('age1');
    const list = (kind: string, keys: string[]) => (keys.length > 0 ? [`    ${kind}: ['${keys.join("', '")}']`] : []);
    project.write(
      '.sops.yaml',
      [
        'creation_rules:',
        `  - path_regex: ^${options.file.replaceAll('.', '\\.')}$`,
        ...list(
          'age',
          recipients.filter((key) => !isPgp(key)),
        ),
        ...list('pgp', recipients.filter(isPgp)),
        '',
      ].join('\n'),
    );
    project.write(
      'tools/secret-stores.ts',
      `import { sops } from './secrets-sops/store.js';\nexport const stores = { prod: [sops(${JSON.stringify(options)})] };\n`,
    );
    return options;
  };
  const store = (options: SopsStoreOptions) => new SopsStore(options, project.root);
  const check = (options: SopsStoreOptions) => problemsOf([store(options)], project.root);
  const as = <T>(key: Key, work: () => T): T => {
    process.env['SOPS_AGE_KEY_FILE'] = key.file;
    return work();
  };
  const fresh = async (options: SopsStoreOptions, texts: Readonly<Record<string, string>>) => {
    project.run('rm', ['-rf', 'secrets']);
    for (const [name, text] of Object.entries(texts)) await store(options).write(name, text);
  };

  beforeAll(() => {
    alice = keygen('alice');
    bob = keygen('bob');
  });
  beforeEach(() => {
    process.env['SOPS_AGE_KEY_FILE'] = alice.file;
  });
  afterAll(() => {
    delete process.env['SOPS_AGE_KEY_FILE'];
    project.remove();
  });

  it.each(['secrets/prod.enc.yaml', 'secrets/prod.enc.env'])('keeps any text in %s, exactly', async (file) => {
    const options = declare([alice.recipient], { file });
    await fresh(options, { API_KEY: CANARY, DATABASE_URL: ' postgresql://u:p%40@h/d?x=#y ' });
    expect(readFileSync(project.path(file), 'utf8')).not.toContain('c4n4ry');
    const again = store(options);
    expect(await again.read('API_KEY')).toBe(CANARY);
    expect(await again.read('DATABASE_URL')).toBe(' postgresql://u:p%40@h/d?x=#y ');
    expect(await again.read('SPARE_KEY')).toBeUndefined();
    expect(await again.describe('API_KEY')).toEqual({});
    expect(await again.describe('SPARE_KEY')).toBeUndefined();
    expect(check(options)).toEqual([]);
  });

  it('opens every declared secret in the editor, and says what still has no value', async () => {
    declare([alice.recipient]);
    await fresh(declare([alice.recipient]), {});
    const seen = project.path('seen');
    project.write('editor', `#!/bin/sh\ncat "$1" > ${seen}\nsed -i 's/^API_KEY: .*/API_KEY: "0123"/' "$1"\n`);
    project.run('chmod', ['+x', 'editor']);
    const { status, stdout, stderr } = project.tool('secrets-sops/cli', ['edit', 'prod'], {
      EDITOR: project.path('editor'),
      SOPS_AGE_KEY_FILE: alice.file,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(readFileSync(seen, 'utf8')).toBe('API_KEY: ""\nDATABASE_URL: ""\nSPARE_KEY: ""\n');
    expect(stdout).toBe('DATABASE_URL has no value yet, and prod cannot do without it.\n');
    expect(await as(alice, () => store(declare([alice.recipient])).read('API_KEY'))).toBe('0123');

    const missing = project.tool('secrets-sops/cli', ['edit', 'stagin']);
    expect(missing.status).toBe(1);
    expect(missing.stderr).toBe('SOPS keeps no secrets of stagin. It keeps those of prod.\n');
  });

  it('lets a recipient in and shuts one out', async () => {
    await fresh(declare([alice.recipient]), { API_KEY: CANARY });
    const both = declare([alice.recipient, bob.recipient]);
    expect(check(both)).toEqual([
      `${FILE} cannot be decrypted by its recipient ${bob.recipient} yet. Run secrets:rekey prod.`,
    ]);
    await expect(as(bob, () => store(both).read('API_KEY'))).rejects.toThrow(
      `${FILE} cannot be decrypted with a key of yours. Set SOPS_AGE_KEY_FILE`,
    );
    const rekeyed = project.tool('secrets-sops/cli', ['rekey', 'prod'], { SOPS_AGE_KEY_FILE: alice.file });
    expect(rekeyed).toMatchObject({ status: 0, stdout: 'secrets/prod.enc.yaml is encrypted for its 2 recipients.\n' });
    expect(check(both)).toEqual([]);
    expect(await as(bob, () => store(both).read('API_KEY'))).toBe(CANARY);

    const onlyBob = declare([bob.recipient]);
    expect(check(onlyBob)).toEqual([expect.stringContaining(`${alice.recipient}, who is no recipient.`)]);
    const before = readFileSync(project.path(FILE), 'utf8');
    const shut = project.tool('secrets-sops/cli', ['rekey'], { SOPS_AGE_KEY_FILE: bob.file });
    expect(shut.stdout).toContain('Whoever was shut out has seen its values');
    // Another data key: nothing of the old file reads what is written from now on.
    const entryOf = (text: string) => /^API_KEY: .*$/m.exec(text)?.[0];
    expect(entryOf(readFileSync(project.path(FILE), 'utf8'))).not.toBe(entryOf(before));
    expect(check(onlyBob)).toEqual([]);
    await expect(as(alice, () => store(onlyBob).read('API_KEY'))).rejects.toThrow('cannot be decrypted with a key');
  });

  it('works with PGP keys', async () => {
    const GNUPGHOME = project.path('gnupg');
    mkdirSync(GNUPGHOME, { mode: 0o700 });
    const gpg = (...args: string[]) => project.run('gpg', ['--batch', '--passphrase', '', ...args], { GNUPGHOME });
    expect(gpg('--quick-generate-key', 'ops', 'future-default').status).toBe(0);
    const [, fingerprint = ''] = /^fpr:+([0-9A-F]{40}):/m.exec(gpg('--list-keys', '--with-colons').stdout) ?? [];
    const options = declare([fingerprint]);
    process.env['GNUPGHOME'] = GNUPGHOME;
    try {
      await fresh(options, { API_KEY: CANARY });
      expect(await store(options).read('API_KEY')).toBe(CANARY);
      expect(check(options)).toEqual([]);
      expect(check({ ...options, recipients: [fingerprint.toLowerCase()] })).toEqual([]);
      await expect(fresh(declare(['0'.repeat(40)]), { API_KEY: CANARY })).rejects.toThrow('is not in your keyring');
    } finally {
      delete process.env['GNUPGHOME'];
      project.run('gpgconf', ['--kill', 'gpg-agent'], { GNUPGHOME });
    }
  });

  it('knows how old each secret is, by its commit', async () => {
    const options = declare([alice.recipient]);
    await fresh(options, { API_KEY: 'one', DATABASE_URL: 'x' });
    expect(await store(options).describe('API_KEY')).toEqual({});
    const git = (date: string, ...args: string[]) => {
      const identity = ['-c', 'user.name=Alice', '-c', 'user.email=alice@example.com'];
      const run = project.run('git', [...identity, ...args], { GIT_COMMITTER_DATE: date, GIT_AUTHOR_DATE: date });
      expect(run.status, run.stderr).toBe(0);
    };
    git('', 'init', '--quiet');
    git('2026-01-01T00:00:00Z', 'add', 'secrets');
    git('2026-01-01T00:00:00Z', 'commit', '--quiet', '--message=one');
    await store(options).write('DATABASE_URL', 'y');
    await store(declare([alice.recipient, bob.recipient])).rekey();
    git('2026-02-02T00:00:00Z', 'commit', '--quiet', '--all', '--message=two');
    // Neither the change of another secret nor a new recipient makes it any younger.
    expect((await store(options).describe('API_KEY'))?.changedAt).toEqual(new Date('2026-01-01T00:00:00Z'));
    expect((await store(options).describe('DATABASE_URL'))?.changedAt).toEqual(new Date('2026-02-02T00:00:00Z'));
    project.run('rm', ['-rf', '.git']);
  });

  describe('a command', () => {
    const looks = `
      const { readFileSync, statSync } = require('node:fs');
      const path = process.env.API_KEY_FILE;
      console.log(JSON.stringify({
        text: readFileSync(path, 'utf8'), path, mode: statSync(path).mode & 0o777, folder: statSync(require('node:path').dirname(path)).mode & 0o777,
        env: Object.keys(process.env).filter((name) => /API_KEY|AGE|APP_ENV|SPARE/.test(name)), environment: process.env.APP_ENV,
      }));
      process.exitCode = 7;
    `;

    it('has the secrets as files only, which are gone when it ends', async () => {
      await fresh(declare([alice.recipient]), { API_KEY: CANARY });
      const before = readdirSync('/dev/shm').filter((name) => name.startsWith('service-secrets-'));
      const { status, stdout, stderr } = project.tool(
        'secrets-files/cli',
        ['run', 'prod', '--', process.execPath, '-e', looks],
        { SOPS_AGE_KEY_FILE: alice.file },
      );
      expect(stderr).toBe('');
      const seen = JSON.parse(stdout);
      expect(seen).toMatchObject({ text: CANARY, mode: 0o400, folder: 0o700, environment: 'prod' });
      // Not the key that opens everything else, either.
      expect(seen.env.sort()).toEqual(['API_KEY_FILE', 'APP_ENV']);
      expect(status).toBe(7);
      expect(existsSync(seen.path)).toBe(false);
      expect(readdirSync('/dev/shm').filter((name) => name.startsWith('service-secrets-'))).toEqual(before);
    });

    it('is told to stop when the verb is, and the files are removed then too', async () => {
      await fresh(declare([alice.recipient]), { API_KEY: CANARY });
      const started = project.path('started');
      const waits = `process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000); require('node:fs').writeFileSync(${JSON.stringify(started)}, process.env.API_KEY_FILE);`;
      const { spawn } = await import('node:child_process');
      const verb = spawn(
        process.execPath,
        ['--import', 'tsx', 'tools/secrets-files/cli.ts', 'run', 'prod', process.execPath, '-e', waits],
        {
          cwd: project.root,
          env: { ...project.env, SOPS_AGE_KEY_FILE: alice.file },
          stdio: 'inherit',
        },
      );
      const exit = new Promise((resolve) => verb.once('exit', resolve));
      await expect
        .poll(() => existsSync(started) && readFileSync(started, 'utf8'), { timeout: 20_000 })
        .toMatch(/API_KEY$/);
      const file = readFileSync(started, 'utf8');
      expect(existsSync(file)).toBe(true);
      verb.kill('SIGTERM');
      expect(await exit).toBe(0);
      expect(existsSync(file)).toBe(false);
    });

    it('leaves nothing behind for ever, even when the verb was killed', async () => {
      await fresh(declare([alice.recipient]), { API_KEY: CANARY });
      const abandoned = `/dev/shm/service-secrets-${2 ** 22 + 1}-x`;
      mkdirSync(abandoned, { recursive: true });
      project.tool('secrets-files/cli', ['run', 'prod', 'true'], { SOPS_AGE_KEY_FILE: alice.file });
      expect(existsSync(abandoned)).toBe(false);
    });
  });

  it('writes files that only their owner reads, and removes those whose secret is gone', async () => {
    const options = declare([alice.recipient]);
    await fresh(options, { API_KEY: `${CANARY}\n`, SPARE_KEY: 'spare' });
    const pull = () => project.tool('secrets-files/cli', ['pull', 'prod'], { SOPS_AGE_KEY_FILE: alice.file });
    expect(pull()).toMatchObject({ status: 0, stdout: expect.stringContaining('Wrote 2 secrets') });
    const folder = project.path('.secrets', 'prod');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'API_KEY')).mode & 0o777).toBe(0o400);
    expect(readFileSync(join(folder, 'files.env'), 'utf8')).toBe(
      `APP_ENV=prod\nAPI_KEY_FILE=${folder}/API_KEY\nSPARE_KEY_FILE=${folder}/SPARE_KEY\n`,
    );
    // Read as the service reads mounted files, the line break at the end survives.
    expect(readFileSync(join(folder, 'API_KEY'), 'utf8').replace(/\r?\n$/, '')).toBe(`${CANARY}\n`);
    await as(alice, () => store(options).write('SPARE_KEY', ''));
    expect(pull().status).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['API_KEY', 'files.env']);
  });

  describe('bad input is told without a value:', () => {
    const problems = async (spoil: (text: string) => string, more: Partial<SopsStoreOptions> = {}) => {
      const options = declare([alice.recipient], more);
      await fresh(options, { API_KEY: CANARY });
      writeFileSync(project.path(FILE), spoil(readFileSync(project.path(FILE), 'utf8')));
      return check(options);
    };

    it('a file that is no YAML', async () => {
      const found = await problems(() => `API_KEY: ok\nDATABASE_URL: "${CANARY.slice(0, 8)}\n  : : [\n`);
      expect(found).toEqual([expect.stringMatching(/^secrets\/prod\.enc\.yaml is not YAML \(line \d\)\. Restore it/)]);
      expect(found.join()).not.toContain('c4n4ry');
    });

    it('a file that was never encrypted', async () => {
      const found = await problems(() => `API_KEY: "c4n4ry"\n`);
      expect(found).toEqual([expect.stringContaining('is not encrypted. Take it as leaked if it was ever pushed')]);
      expect(found.join()).not.toContain('c4n4ry');
      await expect(as(alice, () => store(declare([alice.recipient])).read('API_KEY'))).rejects.toThrow(
        `${FILE} is not encrypted.`,
      );
    });

    it('an entry that is not encrypted in a file that is', async () => {
      const found = await problems((text) => text.replace(/^API_KEY: .*$/m, 'API_KEY: c4n4ry'));
      expect(found).toEqual([expect.stringContaining('API_KEY in secrets/prod.enc.yaml is not encrypted.')]);
      expect(found.join()).not.toContain('c4n4ry');
    });

    it('an entry nobody declared', async () => {
      expect(await problems((text) => text, { variables: ['API_KEYS'] })).toEqual([
        'API_KEY in secrets/prod.enc.yaml is no secret that SOPS keeps in prod; did you mean API_KEYS?',
      ]);
      expect(await problems((text) => text, { variables: ['OTHER'] })).toEqual([
        'API_KEY in secrets/prod.enc.yaml is no secret that SOPS keeps in prod. Declare it, or remove it.',
      ]);
    });

    it('a number, which would lose its zeros', async () => {
      const options = declare([alice.recipient]);
      await fresh(options, { API_KEY: CANARY });
      const env = { SOPS_AGE_KEY_FILE: alice.file };
      expect(project.run('sops', ['set', FILE, '["API_KEY"]', '123'], env).status).toBe(0);
      expect(check(options)).toEqual([expect.stringContaining('API_KEY in secrets/prod.enc.yaml is no text')]);
      await expect(as(alice, () => store(options).read('API_KEY'))).rejects.toThrow('Put the value in quotes');
    });

    it('a file that something other than sops changed', async () => {
      const options = declare([alice.recipient]);
      await fresh(options, { API_KEY: CANARY, DATABASE_URL: 'x' });
      const text = readFileSync(project.path(FILE), 'utf8');
      writeFileSync(project.path(FILE), text.replace(/^DATABASE_URL: .*\n/m, ''));
      await expect(as(alice, () => store(options).read('API_KEY'))).rejects.toThrow('its checksum does not match');
    });

    it('a plain file beside the encrypted ones', async () => {
      const options = declare([alice.recipient]);
      await fresh(options, { API_KEY: CANARY });
      project.write('secrets/prod.yaml', 'API_KEY: c4n4ry\n');
      expect(check(options)).toEqual([expect.stringMatching(/^secrets\/prod\.yaml is no file of an environment/)]);
      const gate = project.tool('secrets-sops/cli', ['check']);
      expect(gate.status).toBe(1);
      project.run('rm', ['secrets/prod.yaml']);
      expect(project.tool('secrets-sops/cli', ['check'])).toMatchObject({ status: 0, stderr: '' });
    });

    it('no sops on the machine', async () => {
      const options = declare([alice.recipient]);
      await fresh(options, { API_KEY: CANARY });
      const { status, stderr } = project.tool('secrets-files/cli', ['pull', 'prod'], { PATH: '/nowhere' });
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('sops is not installed.') });
    });
  });
});
