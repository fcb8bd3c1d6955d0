import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority that nobody knows, made by openssl in a folder of its own. */
export class Authority {
  readonly folder = mkdtempSync(join(tmpdir(), 'authority-'));
  /** The path of its own certificate. */
  readonly root = join(this.folder, 'root.pem');
  readonly #key = join(this.folder, 'root.key');

  constructor() {
    const subject = ['-subj', '/CN=authority of a test', '-addext', 'basicConstraints=critical,CA:TRUE'];
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      ...subject,
      '-keyout',
      this.#key,
      '-out',
      this.root,
    );
  }

  /** A certificate for a host such as `IP:127.0.0.1`, or for a user. */
  issue(name: string, alternative?: string): Certificate {
    const [key, request, cert, extensions] = ['key', 'csr', 'pem', 'ext'].map((kind) =>
      join(this.folder, `${name}.${kind}`),
    ) as [string, string, string, string];
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, '-keyout', key, '-out', request);
    writeFileSync(extensions, alternative === undefined ? '' : `subjectAltName=${alternative}`);
    const signer = ['-CA', this.root, '-CAkey', this.#key, '-CAcreateserial'];
    openssl('x509', '-req', '-in', request, ...signer, '-days', '2', '-extfile', extensions, '-out', cert);
    return { cert, key };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
