import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readEncrypted } from '../../tools/secrets-sops/encrypted-file.js';

const folder = mkdtempSync(join(tmpdir(), 'encrypted-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

function recipientsOf(name: string, text: string): readonly string[] | undefined {
  writeFileSync(join(folder, name), text);
  return readEncrypted(join(folder, name))?.recipients;
}

it.each(['kms', 'gcp_kms', 'azure_kv', 'hc_vault', 'key_groups'])('%s opens a file too', (kind) => {
  const yaml = (keys: string) => `sops:\n  ${kind}: ${keys}\n  age:\n    - recipient: age1alice\n  mac: x\n`;
  expect(recipientsOf('a.yaml', yaml('[]'))).toEqual(['age1alice']);
  expect(recipientsOf('a.yaml', yaml('[{ arn: "arn:aws:kms:x", enc: y }]'))).toEqual(['age1alice', kind]);
  const env = (more: string) => `sops_mac=x\nsops_age__list_0__map_recipient=age1alice\n${more}`;
  expect(recipientsOf('a.env', env(''))).toEqual(['age1alice']);
  expect(recipientsOf('a.env', env(`sops_${kind}__list_0__map_enc=y\n`))).toEqual(['age1alice', kind]);
});
