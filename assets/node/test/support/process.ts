import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { afterAll, beforeAll } from 'vitest';
import { compile, remove } from './compile.js';
import type { Line } from './server.js';

export interface Running {
  readonly lines: Line[];
  readonly stderr: () => string;
  /** Waits for a line of the log. */
  line(msg: string): Promise<Line>;
  kill(signal: NodeJS.Signals): void;
  /** Whether its log is read; a reader that is stuck does not. */
  read(isReading: boolean): void;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

export { freePort } from './free-port.js';

const SERVICE = {
  APP_ENV: 'staging',
  HOST: '127.0.0.1',
  SHUTDOWN_DELAY: '0s',
  STRIPE_API_KEY_FILE: 'secrets/stripe',
};

const children = new Set<ChildProcess>();
let compiled: string;

beforeAll(() => {
  compiled = compile();
  mkdirSync(join(compiled, 'secrets'));
  writeFileSync(join(compiled, 'secrets', 'stripe'), 'sk_live_canary');
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  remove(compiled);
});

/** Runs a fixture as a process of its own, compiled as in production. */
export function run(fixture: string, env: NodeJS.ProcessEnv = {}, args: string[] = []): Running {
  const child = spawn(process.execPath, [`test/fixtures/${fixture}.js`, ...args], {
    cwd: compiled,
    env: { PATH: process.env['PATH'], ...SERVICE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  return observe(child);
}

/** The same with its log in a file: a reader of a pipe that falls 16 MB behind loses lines, and nobody who makes load reads fast. */
export function runWithLogFile(fixture: string, env: NodeJS.ProcessEnv = {}): Running {
  const path = join(compiled, `${fixture}-${children.size}.log`);
  const output = openSync(path, 'a');
  const child = spawn(process.execPath, [`test/fixtures/${fixture}.js`], {
    cwd: compiled,
    env: { PATH: process.env['PATH'], ...SERVICE, ...env },
    stdio: ['ignore', output, 'pipe'],
  });
  closeSync(output);
  children.add(child);
  return observe(child, follow(path, child));
}

type Source = (take: (text: string) => void) => void;

/** What a process prints. */
function printed({ stdout }: ChildProcess): Source {
  return (take) => void stdout?.setEncoding('utf8').on('data', take);
}

/** What is appended to a file for as long as a process lives. */
function follow(path: string, child: ChildProcess): Source {
  return (take) => {
    const file = openSync(path, 'r');
    const decoder = new StringDecoder('utf8');
    const buffer = Buffer.alloc(1024 * 1024);
    const read = () => {
      for (let length = readSync(file, buffer); length > 0; length = readSync(file, buffer)) {
        take(decoder.write(buffer.subarray(0, length)));
      }
    };
    const timer = setInterval(read, 100);
    child.once('exit', () => {
      clearInterval(timer);
      read();
      closeSync(file);
    });
  };
}

/** In dev the log is text, for people. */
function parse(line: string): Line {
  return line.startsWith('{') ? JSON.parse(line) : { msg: line };
}

function observe(child: ChildProcess, source: Source = printed(child)): Running {
  const lines: Line[] = [];
  let stderr = '';
  let rest = '';
  source((text) => {
    const complete = (rest + text).split('\n');
    rest = complete.pop() ?? '';
    for (const line of complete) lines.push(parse(line));
    child.emit('lines');
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  return {
    lines,
    stderr: () => stderr,
    ended,
    kill: (signal) => void child.kill(signal),
    read: (isReading) => void (isReading ? child.stdout?.resume() : child.stdout?.pause()),
    line: async (msg) => {
      for (;;) {
        const found = lines.find((line) => line['msg'] === msg);
        if (found) return found;
        const over = await Promise.race([once(child, 'lines').then(() => false), ended.then(() => true)]);
        if (over && !lines.some((line) => line['msg'] === msg)) {
          throw new Error(`ended without "${msg}": ${stderr}${JSON.stringify(lines)}`);
        }
      }
    },
  };
}
