import { spawn } from 'node:child_process';
import { shellEnvironment } from './command';

export interface HeldDatabase {
  readonly url: string;
  release(): Promise<void>;
}

/**
 * Keeps the development database of a service alive, as the task `dev` does.
 *
 * @param folder the service
 */
export async function holdDatabase(folder: string): Promise<HeldDatabase> {
  const wait = 'console.log(process.env.DATABASE_URL); process.stdin.resume();';
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'tools/database/with-database.ts', '--', process.execPath, '-e', wait],
    { cwd: folder, env: shellEnvironment({ APP_ENV: 'dev' }), stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`no database in ${folder}: exit code ${code}`)));
  });
  return {
    url,
    release: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
