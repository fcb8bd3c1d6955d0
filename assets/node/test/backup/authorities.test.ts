import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { afterEach, expect, it, vi } from 'vitest';
import { authoritiesFile } from '../../src/platform/backup/program.js';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it('authorities of a file that is not there are left out with a warning, as Node does, and the others are there', () => {
  const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
  vi.stubEnv('NODE_EXTRA_CA_CERTS', '/nowhere/authorities.pem');
  const written = readFileSync(authoritiesFile(), 'utf8');
  expect(written.match(/BEGIN CERTIFICATE/g)).toHaveLength(rootCertificates.length);
  expect(warned).toHaveBeenCalledWith(
    expect.stringContaining('/nowhere/authorities.pem, which cannot be read (ENOENT)'),
  );
});
