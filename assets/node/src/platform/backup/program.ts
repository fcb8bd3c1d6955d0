import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { rootCertificates } from 'node:tls';
import { promisify } from 'node:util';
import { Failure } from './failure.js';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** Credentials go here and not into arguments, which every user of the machine can list. */
  readonly env: Readonly<Record<string, string>>;
}

/** Characters of what a program says on standard error that are kept, from the end. */
const KEPT = 4_000;

/** What a program writes. It ends in an error where the program fails, however much it has written before. */
export async function* outputOf(program: Program, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const child = start(program, signal);
  let finished = false;
  try {
    for await (const chunk of child.process.stdout) yield chunk as Uint8Array;
    await child.exit;
    finished = true;
  } finally {
    if (!finished) child.process.kill('SIGTERM');
  }
}

/** Feeds a program and answers what it wrote. Some leave as soon as they have read enough. */
export async function feed(
  program: Program,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  { mayLeaveEarly = false } = {},
): Promise<string> {
  const child = start(program, signal);
  const output: string[] = [];
  child.process.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString('utf8')));
  const [exit, fed] = await Promise.allSettled([child.exit, pour(content, child.process)]);
  // Of the two the program's own word says more: a pipe breaks because its reader has failed.
  if (fed.status === 'rejected' && !isBrokenPipe(fed.reason)) throw fed.reason;
  if (exit.status === 'rejected') throw exit.reason;
  if (fed.status === 'rejected' && !mayLeaveEarly) throw fed.reason;
  return output.join('');
}

async function pour(content: AsyncIterable<Uint8Array>, child: ChildProcessWithoutNullStreams): Promise<void> {
  try {
    await pipeline(content, child.stdin);
  } catch (error) {
    if (!isBrokenPipe(error)) child.kill('SIGTERM');
    throw error;
  }
}

/** The major version a program says it has. */
export async function majorVersionOf(command: string): Promise<number> {
  try {
    const { stdout } = await promisify(execFile)(command, ['--version']);
    // mariadb-dump says "… Ver 10.19 Distrib 10.11.6-MariaDB", the others "pg_dump (PostgreSQL) 18.1".
    const version = /(?:Distrib |\) |from )(\d+)/.exec(stdout)?.[1];
    if (version === undefined) throw new Failure(`${command} does not say its version: ${stdout.trim()}`);
    return Number(version);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw missing(command);
  }
}

/** What programs get of the environment: nothing of the service's own. */
export function surroundings(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', LC_ALL: 'C' };
}

let authorities: string | undefined;

/** The certificates of the authorities that this process trusts, for programs that know others or none. */
export function authoritiesFile(): string {
  if (authorities === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'authorities-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    authorities = join(folder, 'authorities.pem');
    writeFileSync(authorities, [...rootCertificates, ...extraCertificates()].join('\n'));
  }
  return authorities;
}

/** A file that cannot be read is as if none were named, as in Node itself: the server may be one that needs no more authorities. */
function extraCertificates(): string[] {
  const extra = process.env['NODE_EXTRA_CA_CERTS'];
  if (!extra) return [];
  try {
    return [readFileSync(extra, 'utf8')];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    process.emitWarning(
      `NODE_EXTRA_CA_CERTS names ${extra}, which cannot be read (${code}): its authorities are unknown.`,
    );
    return [];
  }
}

function start({ command, args, env }: Program, signal: AbortSignal) {
  const child = spawn(command, args, {
    env: { ...surroundings(), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    signal,
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-KEPT);
  });
  // Each side of a pipe hears of the other's end; the exit says why.
  child.stdin.on('error', () => undefined);
  const exit = new Promise<void>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? missing(command) : error));
    child.once('close', (code, killedBy) => {
      if (code === 0) resolve();
      else
        reject(
          new Failure(
            `${command} ${killedBy ? `was killed by ${killedBy}` : `failed with ${code}`}: ${complaint.trim()}`,
          ),
        );
    });
  });
  exit.catch(() => undefined);
  return { process: child, exit };
}

function isBrokenPipe(error: unknown): boolean {
  return ['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function missing(command: string): Failure {
  return new Failure(
    `${command} is not installed, or not on the PATH. Add the client of the database to the machine or the image.`,
  );
}
