import { spawn } from 'node:child_process';

/** Why `sops` could not do what it was asked, without what it printed: that may quote the file. */
export class SopsError extends Error {
  override readonly name = 'SopsError';
}

interface RunOptions {
  readonly input?: string;
  /** Lets it use the terminal, for an editor or a passphrase. */
  readonly interactive?: boolean;
  /** Exit codes that are no failure. */
  readonly accept?: readonly number[];
}

/** Runs the real `sops`, without a shell, and returns what it printed. */
export async function runSops(cwd: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { input, interactive = false, accept = [0] } = options;
  const child = spawn('sops', args, { cwd, stdio: interactive ? 'inherit' : ['pipe', 'pipe', 'pipe'] });
  let output = '';
  let complaint = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  // It may end before it has read everything.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input ?? '');
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(new SopsError(error.code === 'ENOENT' ? MISSING : `sops cannot be run (${error.code})`));
    });
    child.once('close', (exit) => resolve(exit ?? 1));
  });
  if (!accept.includes(code)) throw new SopsError(reasonOf(code, complaint));
  return output;
}

const MISSING = 'sops is not installed. Install it from https://getsops.io, and age from https://age-encryption.org.';

/** @see https://github.com/getsops/sops/blob/main/cmd/sops/codes/codes.go */
function reasonOf(code: number, complaint: string): string {
  switch (code) {
    case 51:
      return 'was changed by something other than sops: its checksum does not match. Restore it from Git, and use secrets:edit.';
    case 52:
      return 'has lost its checksum. Restore it from Git, and use secrets:edit.';
    case 25:
      return 'holds an entry that cannot be decrypted: it was changed by something other than sops. Restore it from Git.';
    case 111:
      return 'has no recipient in .sops.yaml. Name some in .projenrc.ts, and run npx projen.';
    case 128:
      return 'cannot be decrypted with a key of yours. Set SOPS_AGE_KEY_FILE to the file of your age key, or ask one of its recipients to run secrets:rekey for you.';
    case 201:
      return 'cannot be edited: no editor was found. Set EDITOR.';
    default:
      if (/with PGP key/.test(complaint)) {
        return 'cannot be encrypted for a PGP recipient: the public key is not in your keyring, or is not meant for encryption. Import it with gpg --import.';
      }
      return `made sops stop with code ${code}. Run "sops decrypt" on it yourself to see why.`;
  }
}
