import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { placeOf } from '../../../src/platform/migrations/explain.js';
import { messageOf, withoutSecrets } from '../../../src/platform/migrations/failure.js';
import { schemaFiles } from '../service.js';
import { openConnector } from './connector.js';
import type { Connector } from './connector-interface.js';
import { Protocol } from './protocol.js';

/** What Prisma's CLI takes for its native schema engine: the same arguments, the same lines on stdin and stdout. */
async function main(argv: readonly string[]): Promise<number> {
  if (argv.includes('--version')) {
    process.stdout.write(`schema-engine-cli ${version()}\n`);
    return 0;
  }
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    strict: false,
    options: { datasource: { type: 'string' }, datamodels: { type: 'string', multiple: true } },
  });
  const datasource: { url?: string; shadowDatabaseUrl?: string } = JSON.parse(String(values['datasource'] ?? '{}'));
  const url = datasource.url ?? '';
  const connect = () => openConnector({ url, shadowUrl: datasource.shadowDatabaseUrl || undefined });
  const [mode, verb] = positionals;
  if (mode === 'cli') return await administer(verb, url, connect);
  const paths = Array.isArray(values['datamodels']) ? values['datamodels'].map(String) : [];
  await serve(new Protocol(url, connect, read(paths)));
  return 0;
}

async function serve(protocol: Protocol): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    for (const message of await protocol.answer(line)) process.stdout.write(`${JSON.stringify(message)}\n`);
  }
  await protocol.close();
}

async function administer(verb: string | undefined, url: string, connect: () => Connector): Promise<number> {
  try {
    const connector = connect();
    if (verb === 'create-database') await connector.create();
    else if (verb === 'drop-database') await connector.drop();
    else if (!(await connector.exists())) return fail(`Database \`${connector.name}\` does not exist`, 'P1003');
    return 0;
  } catch (error) {
    return fail(`Can't reach the database at ${placeOf(url)}: ${withoutSecrets(messageOf(error), url)}`, 'P1001');
  }
}

/** Prisma's CLI drops the first line of what it reads here. */
function fail(message: string, code: string): number {
  const log = (level: string, target: string, fields: object) =>
    process.stderr.write(`${JSON.stringify({ level, timestamp: new Date().toISOString(), target, fields })}\n`);
  log('INFO', 'schema_engine', { message: 'Starting schema engine CLI' });
  log('ERROR', 'schema_engine::logger', { is_panic: false, message, error_code: code });
  return 1;
}

function read(paths: readonly string[]): [string, string][] {
  return paths.flatMap(schemaFiles).map((path) => [path, readFileSync(path, 'utf8')]);
}

function version(): string {
  const script = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const manifest: { version: string } = JSON.parse(readFileSync(join(dirname(script), 'package.json'), 'utf8'));
  return manifest.version;
}

process.exitCode = await main(process.argv.slice(2));
