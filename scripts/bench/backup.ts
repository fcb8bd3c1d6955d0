import { join } from 'node:path';
import { run } from '../live/command';
import { LIBRARY } from '../live/package';
import { atLeast, atMost, type Figure, megabytes, ratio, seconds } from './figures';

/** A whole backup against `pg_dump -Fc` to a file, and the memory it takes of a database four times as large. */
export async function backups(rounds: number): Promise<Figure[]> {
  await run('scripts/ensure-debian', ['/usr/lib/postgresql/15/bin/postgres', 'postgresql'], { cwd: LIBRARY });
  const output = await run(
    process.execPath,
    ['--expose-gc', '--import', 'tsx', 'bench/backup.ts', `${Math.ceil(rounds / 2)}`],
    {
      cwd: join(LIBRARY, 'assets', 'node'),
      timeout: 600_000,
    },
  );
  const { plain, backup, throughput, memory, bytes } = JSON.parse(output.slice(output.indexOf('{"')));
  return [
    atLeast(
      'backup, encrypted and read back, against `pg_dump -Fc` to a file, throughput',
      throughput,
      0.8,
      ratio,
      ` (${seconds(backup)} against ${seconds(plain)})`,
    ),
    atMost('memory of a backup of a database four times as large', memory, 1.25, ratio, ` (${megabytes(bytes)})`),
  ];
}
