import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { driver } from '../../src/platform/migrations/driver.js';
import { Failure } from '../../src/platform/migrations/failure.js';
import { root } from './service.js';

/** A finding that is right here, and why. */
export interface Waiver {
  readonly migration: string;
  readonly rule: string;
  readonly reason: string;
}

/** What `.projenrc.ts` says about these tools. */
export interface ToolSettings {
  /** What compares schemas: Prisma's engine as WebAssembly from npm, or its binary from Prisma's own host. */
  readonly schemaEngine: 'wasm' | 'native';
  readonly waivers: readonly Waiver[];
}

const FILE = 'prisma/tools.json';

export function readToolSettings(): ToolSettings {
  const engine = driver.provider === 'mysql' ? 'native' : 'wasm';
  if (!existsSync(join(root, FILE))) return { schemaEngine: engine, waivers: [] };
  const { schemaEngine = engine, waivers = [] } = parse(readFileSync(join(root, FILE), 'utf8'));
  if ((schemaEngine !== 'wasm' && schemaEngine !== 'native') || !Array.isArray(waivers) || !waivers.every(isWaiver)) {
    throw new Failure(`${FILE} is not what "npx projen" writes. Run it again.`);
  }
  return { schemaEngine, waivers };
}

function parse(text: string): { schemaEngine?: unknown; waivers?: unknown } {
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure(`${FILE} is not JSON. Run "npx projen", which writes it.`);
  }
}

function isWaiver(value: unknown): value is Waiver {
  if (typeof value !== 'object' || value === null) return false;
  const { migration, rule, reason } = value as Readonly<Record<string, unknown>>;
  return [migration, rule, reason].every((text) => typeof text === 'string' && text !== '');
}
