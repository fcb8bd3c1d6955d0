import { type Declaration, type Declarations, placed } from '../../src/platform/config/declaration.js';
import { parse } from '../../src/platform/config/load.js';
import type { Facts, VariableFacts } from './facts.js';
import { Failure } from './failure.js';
import type { SecretStore, Stores } from './store.js';

export interface Rotate {
  readonly args: readonly string[];
  readonly facts: Facts;
  readonly declarations: Declarations;
  readonly stores: Stores;
  readonly databaseLogins: readonly DatabaseLogins[];
  readonly env: NodeJS.ProcessEnv;
  readonly print: (text: string) => void;
  readonly now?: () => number;
}

/** One secret of one environment, and all that is needed to replace it. */
export interface Rotation {
  readonly variable: VariableFacts;
  readonly environment: string;
  readonly store: SecretStore;
  readonly options: RotateOptions;
  readonly context: Rotate;
  /** Seconds until every process has read what was written; unknown processes may take longer. */
  readonly settled: number;
}

interface RotateOptions {
  readonly 'from-file'?: string | undefined;
  readonly 'admin-url-file'?: string | undefined;
  readonly wait?: string | undefined;
  readonly without?: readonly string[] | undefined;
  readonly soon?: boolean | undefined;
}

/** Writes what the service would accept, and nothing else. */
export async function writeValid({ context }: Rotation, store: SecretStore, name: string, text: string): Promise<void> {
  const declaration = declarationOf(context.declarations, name);
  if (declaration !== undefined && !('value' in parse(declaration, text))) {
    throw new Failure(`The new value of ${name} is not ${declaration.type.expects}. Nothing is changed.`);
  }
  await store.write(name, text);
}

export function placeOf(store: SecretStore, name: string): string {
  return `${store.name}, ${store.places[name]}`;
}

export function storeOf(stores: Stores, environment: string, name: string): SecretStore | undefined {
  // As when reading, the last one wins.
  return stores[environment]?.filter(({ places }) => name in places).at(-1);
}

function declarationOf(declarations: Declarations, name: string): Declaration | undefined {
  return placed(declarations).find(({ declaration }) => declaration.name === name)?.declaration;
}

/** The logins of a kind of database, two of which take turns. */
export interface DatabaseLogins {
  /** Of the URLs that are for it. */
  readonly schemes: readonly string[];
  rotate(rotation: Rotation): Promise<void>;
}

/** Of an option, or what holds without it. */
export function secondsOf(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const seconds = Number(text);
  if (text.trim() === '' || !Number.isFinite(seconds) || seconds < 0) {
    throw new Failure(`--wait ${JSON.stringify(text)} is no number of seconds.`);
  }
  return seconds;
}
