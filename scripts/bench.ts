import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { backups } from './bench/backup';
import { configuration } from './bench/config';
import { atMost, type Figure, kilobytes, megabytes, table } from './bench/figures';
import { http } from './bench/http';
import { migrations } from './bench/migrations';
import { birth, productionInstall, startToReady } from './bench/service';
import { resynthesis } from './bench/synthesis';
import { LIBRARY, packLibrary } from './live/package';

const USAGE = `Usage: npx projen bench [options]
  --rounds <n>   turns of each comparison (9)
  --check        fail when a target is missed`;

const PAGE = join(LIBRARY, 'docs', 'benchmarks.md');
const [OPEN, CLOSE] = ['<!-- figures -->', '<!-- /figures -->'];

async function bench(rounds: number): Promise<Figure[]> {
  const workplace = mkdtempSync(join(tmpdir(), 'riso-bench-'));
  const folder = join(workplace, 'orders');
  mkdirSync(folder);
  try {
    const tarball = await packLibrary(workplace);
    const figures: Figure[] = [];
    const note = (...more: Figure[]) => {
      figures.push(...more);
      for (const { what, measured } of more) {
        console.error(`  ${what}: ${measured}`);
      }
    };
    note(atMost('API.md', statSync(join(LIBRARY, 'API.md')).size, 400 * 1024, kilobytes));
    note({ what: 'npm package', measured: kilobytes(statSync(tarball).size) });
    note(await birth(folder, tarball));
    note(await startToReady(folder, rounds));
    note(...(await productionInstall(folder, workplace)));
    note(...(await migrations(folder, rounds)));
    note(await resynthesis(folder, workplace, rounds));
    note(...(await backups(rounds)));
    note(await configuration(rounds));
    note(...(await http(rounds)));
    return figures;
  } finally {
    rmSync(workplace, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** The figures of one run, with what is needed to read them. */
function report(figures: readonly Figure[]): string {
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${availableParallelism()} cores (${cpus()[0]?.model.trim()}), ${megabytes(totalmem())}`;
  return `${OPEN}\n\`npx projen bench\`, ${date}, Node ${process.version}, ${machine}:\n\n${table(figures)}\n${CLOSE}`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '9' },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const figures = await bench(Number(values.rounds));
  const text = report(figures);
  const page = readFileSync(PAGE, 'utf8');
  writeFileSync(PAGE, page.slice(0, page.indexOf(OPEN)) + text + page.slice(page.indexOf(CLOSE) + CLOSE.length));
  console.log(text.split('\n').slice(1, -1).join('\n'));
  if (values.check && figures.some(({ met }) => met === false)) {
    process.exitCode = 1;
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
