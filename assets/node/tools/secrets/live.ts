import { type Declaration, type Declarations, placed } from '../../src/platform/config/declaration.js';
import { type ConfigSource, examine, type Providers, type Reading } from '../../src/platform/config/load.js';
import { Secret } from '../../src/platform/config/secret.js';
import { written } from './declared.js';
import type { Explained } from './explain.js';
import type { Facts } from './facts.js';

interface Live {
  readonly rows: readonly Explained[];
  readonly problems: readonly string[];
}

/** How the service would find its configuration if it started here and now. What a task brings along is not missing. */
export async function readLive(
  declarations: Declarations,
  providers: Providers,
  facts: Facts,
  source: ConfigSource & { readonly environment: string },
): Promise<Live> {
  const brought = new Map(
    facts.variables.map(({ name, providedBy }) => [name, providedBy?.[source.environment]] as const),
  );
  const all = placed(declarations).map(({ declaration }) => relaxed(declaration, brought.get(declaration.name)));
  const byName: Declarations = Object.fromEntries(all.map((declaration) => [declaration.name, declaration]));
  const { config, readings, problems } = await examine(byName, source, providers);
  const values: Readonly<Record<string, unknown>> = config;
  return { rows: readings.map((reading) => explained(reading, values, brought.get(reading.variable))), problems };
}

function relaxed(declaration: Declaration, provider: string | undefined): Declaration {
  if (provider === undefined) return declaration;
  const { requiredIn: _, ...rest } = declaration;
  return { ...rest, optional: true };
}

function explained(
  { variable, secret, origin, version }: Reading,
  values: Readonly<Record<string, unknown>>,
  provider: string | undefined,
): Explained {
  const value = values[variable];
  const masked = secret && origin !== undefined ? '[secret]' : written(value instanceof Secret ? '' : value);
  const from = origin ?? provider ?? 'nowhere';
  return { variable, value: masked, from: version === undefined ? from : `${from}, version ${version}` };
}
