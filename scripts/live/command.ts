import { type ChildProcess, spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Record<string, string | undefined>;
  /**
   * Milliseconds after which the command is killed.
   *
   * @default - five minutes
   */
  readonly timeout?: number;
}

export interface Outcome {
  readonly code: number;
  /** Everything it printed, on both streams. */
  readonly output: string;
}

/** What a person's shell would have, without what this process was itself started with. */
export function shellEnvironment(extra: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  const own =
    /^(CI$|npm_|PROJEN_|VITEST|TEST$|DEV$|PROD$|MODE$|NODE_ENV$|NODE_OPTIONS$|APP_ENV$|DATABASE_URL|INIT_CWD$|FORCE_COLOR$)/;
  const inherited = Object.entries(process.env).filter(([name]) => !own.test(name));
  return { ...Object.fromEntries(inherited), NO_COLOR: '1', ...extra };
}

/**
 * Runs a command to its end and returns everything it printed.
 *
 * @throws Error with the command and its output when it fails
 */
export async function run(command: string, args: readonly string[], options: CommandOptions): Promise<string> {
  const { code, output } = await attempt(command, args, options);
  if (code !== 0) {
    throw new Error(`${[command, ...args].join(' ')} exited with ${code} in ${options.cwd}\n${output}`);
  }
  return output;
}

/** Runs a command to its end, whatever its exit code. */
export async function attempt(
  command: string,
  args: readonly string[],
  { cwd, env, timeout = 300_000 }: CommandOptions,
): Promise<Outcome> {
  const child = spawn(command, args, { cwd, env: shellEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collect(child);
  let overdue = '';
  const impatience = setTimeout(() => {
    overdue = `\nkilled after ${timeout} ms`;
    child.kill('SIGKILL');
    // Its own children may live on and hold these open.
    child.stdout.destroy();
    child.stderr.destroy();
  }, timeout);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 1));
  });
  clearTimeout(impatience);
  return { code, output: output() + overdue };
}

/** Everything a child prints from now on. */
export function collect(child: ChildProcess): () => string {
  const chunks: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  return () => chunks.join('');
}
