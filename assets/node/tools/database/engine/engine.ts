import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { Connector } from './connector-interface.js';

export type Engine = glue.SchemaEngine;

export interface OpenEngine {
  readonly engine: Engine;
  /** Closes the connections too, which would keep the process alive. */
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly connector: Connector;
  /** Paths and contents of the schema, for the commands that take it from here. */
  readonly datamodels?: [string, string][] | undefined;
  log?(line: string): void;
}

/** What the engine calls before it dies, instead of printing. */
const panics = {
  message: '',
  set_message(message: string): void {
    this.message = message;
  },
};

/** The part of the global that is used here; Node's types do not have it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

let loaded = false;

/** Prisma's schema engine, as WebAssembly from npm, on a driver adapter. */
export async function openEngine({ connector, datamodels, log }: EngineOptions): Promise<OpenEngine> {
  if (!loaded) load();
  loaded = true;
  const connections = new Set<SqlDriverAdapter>();
  const factory = bindMigrationAwareSqlAdapterFactory(remembering(connector.factory, connections));
  const engine = await guarded(() => glue.SchemaEngine.new({ datamodels }, log ?? (() => undefined), factory));
  const close = async () => {
    // A panic leaves the engine borrowed for good.
    if (panics.message === '') engine.free();
    await Promise.allSettled([...connections].map((connection) => connection.dispose()));
  };
  return { engine, close };
}

/** The engine does not close what it opens. */
function remembering(
  factory: SqlMigrationAwareDriverAdapterFactory,
  connections: Set<SqlDriverAdapter>,
): SqlMigrationAwareDriverAdapterFactory {
  const remember = async (opening: Promise<SqlDriverAdapter>) => {
    const connection = await opening;
    const dispose = connection.dispose.bind(connection);
    connection.dispose = async () => {
      if (connections.delete(connection)) await dispose();
    };
    connections.add(connection);
    return connection;
  };
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: () => remember(factory.connect()),
    connectToShadowDb: () => remember(factory.connectToShadowDb()),
  };
}

/** Instantiated by hand: Node 20 does not import WebAssembly as a module. */
function load(): void {
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: panics });
  const script = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const module = new WebAssembly.Module(readFileSync(script.replace(/\.js$/, '.wasm')));
  const { exports } = new WebAssembly.Instance(module, { './schema_engine_bg.js': { ...glue } });
  glue.__wbg_set_wasm(exports);
  const start = exports['__wbindgen_start'];
  if (typeof start === 'function') start();
}

/**
 * Awaits the engine. When it panics it throws out of nowhere and never answers, so that is listened for meanwhile.
 */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  let onPanic = (_error: Error): void => undefined;
  const panicked = new Promise<never>((_, reject) => {
    onPanic = reject;
  });
  process.once('uncaughtException', onPanic);
  try {
    return await Promise.race([work(), panicked]);
  } finally {
    process.off('uncaughtException', onPanic);
  }
}

/** The engine's own words for an error; a panic carries them on the side. */
export function engineMessage(error: unknown): string {
  if (panics.message !== '') return panics.message;
  return error instanceof Error ? error.message : String(error);
}
