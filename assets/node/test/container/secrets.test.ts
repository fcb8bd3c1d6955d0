import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeSecrets, type SecretFiles } from '../../tools/container/secrets.js';

const FILES: SecretFiles = {
  folder: '.compose/secrets',
  passwords: ['postgresql-password'],
  texts: { DATABASE_URL: 'postgresql://orders:{postgresql-password}@postgresql:5432/orders' },
  asked: { STRIPE_API_KEY: 'Charges cards' },
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'secrets-'));
});
afterEach(() => rmSync(root, { recursive: true }));

test('a password is made once, and URLs are made with it', () => {
  makeSecrets(root, FILES, {});
  const password = read('postgresql-password');
  expect(password).toMatch(/^[0-9a-f]{48}$/);
  expect(read('DATABASE_URL')).toBe(`postgresql://orders:${password}@postgresql:5432/orders`);
  makeSecrets(root, FILES, {});
  expect(read('postgresql-password')).toBe(password);
});

test('what a developer must bring comes from the shell, stays, and is missing until then', () => {
  expect(makeSecrets(root, FILES, {})).toEqual(['STRIPE_API_KEY']);
  expect(makeSecrets(root, FILES, { STRIPE_API_KEY: '' })).toEqual(['STRIPE_API_KEY']);
  expect(existsSync(join(root, FILES.folder, 'STRIPE_API_KEY'))).toBe(false);
  expect(makeSecrets(root, FILES, { STRIPE_API_KEY: 'sk_test_1' })).toEqual([]);
  expect(makeSecrets(root, FILES, {})).toEqual([]);
  expect(read('STRIPE_API_KEY')).toBe('sk_test_1');
});

test('nobody else on the machine can look into the folder, and users of containers can read the files', () => {
  makeSecrets(root, FILES, {});
  expect(statSync(join(root, FILES.folder)).mode & 0o777).toBe(0o700);
  expect(statSync(join(root, FILES.folder, 'DATABASE_URL')).mode & 0o444).toBe(0o444);
});

function read(name: string): string {
  return readFileSync(join(root, FILES.folder, name), 'utf8');
}
