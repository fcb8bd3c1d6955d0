import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { PrivateFolder } from './private-folder.js';

/** What opens stores; a command that gets secrets as files must not be able to read all the others as well. */
const KEYS_OF_STORES =
  /^(SOPS_AGE_|VAULT_TOKEN|BAO_TOKEN|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)$|GH_TOKEN|GITHUB_TOKEN)/;

interface RunOptions {
  readonly environment: string;
  readonly secrets: ReadonlyMap<string, string>;
  readonly command: readonly [string, ...string[]];
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Runs a command that finds each secret in a file, named by `<NAME>_FILE`, and removes the files when it ends, however it does.
 * Returns the exit code of the command.
 */
export async function runWithSecrets({ environment, secrets, command, env }: RunOptions): Promise<number> {
  const folder = new PrivateFolder(env['XDG_RUNTIME_DIR']);
  if (!folder.inMemory)
    console.error(`No place in memory was found: the secrets are in ${folder.path} while the command runs.`);
  const forward = (signal: NodeJS.Signals) => child?.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let child: ReturnType<typeof spawn> | undefined;
  try {
    const files = [...secrets].map(([name, text]) => [`${name}_FILE`, folder.write(name, text)] as const);
    for (const signal of signals) process.on(signal, forward);
    const [program, ...args] = command;
    const started = spawn(program, args, {
      stdio: 'inherit',
      env: { ...without(env, KEYS_OF_STORES), APP_ENV: environment, ...Object.fromEntries(files) },
    });
    child = started;
    return await new Promise((resolve, reject) => {
      started.once('error', reject);
      started.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
  } finally {
    for (const signal of signals) process.off(signal, forward);
    folder.remove();
  }
}

function without(env: NodeJS.ProcessEnv, pattern: RegExp): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !pattern.test(name)));
}
