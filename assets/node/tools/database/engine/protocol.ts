import { withoutSecrets } from '../../../src/platform/migrations/failure.js';
import type { Connector } from './connector-interface.js';
import { type Engine, engineMessage, guarded, type OpenEngine, openEngine } from './engine.js';

interface Request {
  readonly id: number;
  readonly method?: string;
  readonly params: Record<string, unknown>;
}

/** Methods that go by other names in the WebAssembly build. */
const RENAMED: Readonly<Record<string, string>> = { getDatabaseVersion: 'version' };

/** Methods that read the table of applied migrations. */
const READS_HISTORY =
  /^(createMigration|applyMigrations|devDiagnostic|diagnoseMigrationHistory|markMigration|evaluateDataLoss)/;

/** The engine forgets its shadow schema after applying migrations, and then asks for one "through an external factory". */
const NEEDS_DIAGNOSTIC = /through an external factory/;

/** Prisma's line-delimited JSON-RPC in front of the engine. */
export class Protocol {
  readonly #url: string;
  readonly #connect: () => Connector;
  readonly #datamodels: [string, string][];
  #connector: Connector | undefined;
  #opened: OpenEngine | undefined;
  #printed = 1_000_000;

  constructor(url: string, connect: () => Connector, datamodels: [string, string][]) {
    this.#url = url;
    this.#connect = connect;
    this.#datamodels = datamodels;
  }

  async answer(line: string): Promise<object[]> {
    const request: Request = JSON.parse(line);
    // Answers to our own print requests.
    if (request.method === undefined) return [];
    try {
      return await this.#call(request, request.method);
    } catch (error) {
      return [{ jsonrpc: '2.0', id: request.id, error: { code: 4466, message: 'error', data: this.#describe(error) } }];
    }
  }

  async close(): Promise<void> {
    await this.#opened?.close();
  }

  async #call(request: Request, method: string): Promise<object[]> {
    this.#connector ??= this.#connect();
    if (READS_HISTORY.test(method)) await this.#connector.prepareHistory?.();
    this.#opened ??= await openEngine({
      connector: this.#connector,
      datamodels: this.#datamodels.length > 0 ? this.#datamodels : undefined,
    });
    if (method === 'reset' && this.#connector.reset !== undefined) {
      await this.#connector.reset();
      return [{ jsonrpc: '2.0', id: request.id, result: null }];
    }
    const result = await this.#invoke(this.#opened.engine, RENAMED[method] ?? method, request.params);
    if (method !== 'diff') return [{ jsonrpc: '2.0', id: request.id, result: result ?? null }];
    return this.#printDiff(request.id, result as { exitCode: number; stdout: string | null });
  }

  async #invoke(engine: Engine, method: string, params: Record<string, unknown>): Promise<unknown> {
    const methods = engine as unknown as Record<string, ((params: unknown) => Promise<unknown>) | undefined>;
    const call = async () => {
      if (typeof methods[method] !== 'function') throw new Error(`The schema engine has no method "${method}".`);
      const known = methods[method].bind(engine);
      return await guarded(() => known(params));
    };
    try {
      return await call();
    } catch (error) {
      if (!NEEDS_DIAGNOSTIC.test(engineMessage(error))) throw error;
      await methods['devDiagnostic']?.call(engine, {
        migrationsList: params['migrationsList'],
        filters: params['filters'],
      });
      return await call();
    }
  }

  /** The native engine prints a diff by asking the CLI to. */
  #printDiff(id: number, { exitCode, stdout }: { exitCode: number; stdout: string | null }): object[] {
    const answer = { jsonrpc: '2.0', id, result: { exitCode, stdout: null } };
    if (stdout === null) return [answer];
    this.#printed += 1;
    return [{ jsonrpc: '2.0', id: this.#printed, method: 'print', params: { content: stdout } }, answer];
  }

  #describe(error: unknown): object {
    const { code, meta } =
      typeof error === 'object' && error !== null ? (error as { code?: unknown; meta?: unknown }) : {};
    return {
      is_panic: false,
      message: withoutSecrets(engineMessage(error), this.#url),
      ...(code === undefined ? {} : { error_code: code }),
      ...(meta === undefined ? {} : { meta }),
    };
  }
}
