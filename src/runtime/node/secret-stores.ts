import { type Code, literal, print } from './typescript';

/**
 * A store that keeps secrets of one environment, from the side that reads at run time or from the side that writes.
 */
export interface SecretStoreBinding {
  /** The value of `APP_ENV` it is read in. */
  readonly environment: string;
  /** The function that makes it, such as `awsSecretsManager`. */
  readonly exportName: string;
  /**
   * Where that function is: relative to `src/platform` for a provider, such as `./aws-secrets-manager/provider.js`; relative to
   * `tools` for a store that is written to, such as `./secrets-aws/store.js`.
   */
  readonly from: string;
  /** What the function is given; read at synthesis. */
  readonly options: () => object;
}

/**
 * Prints `tools/secret-stores.ts`: the stores as the verbs `secrets:*` write to them, and the database whose logins take turns.
 *
 * @param logins where logins are made, by the name of what is imported: relative to `tools`; none in a service without such a database
 */
export function renderSecretStores(
  stores: readonly SecretStoreBinding[],
  logins: Readonly<Record<string, string>>,
): string {
  const head = 'export const stores: Stores = ';
  const names = Object.keys(logins).sort();
  return [
    ...printStoreImports(stores),
    "import type { DatabaseLogins } from './secrets/rotation.js';",
    "import type { Stores } from './secrets/store.js';",
    ...names.map((name) => `import { ${name} } from '${logins[name]}';`),
    '',
    '/** The stores of each environment, with the rights of whoever runs the verbs. */',
    `${head}${printStores(stores, head.length, '')};`,
    '',
    '/** Where `secrets:rotate` makes passwords of databases. */',
    `export const databaseLogins: readonly DatabaseLogins[] = [${names.join(', ')}];`,
  ].join('\n');
}

/** The import statements of the stores. */
export function printStoreImports(stores: readonly SecretStoreBinding[]): string[] {
  const imports = stores.map(({ exportName, from }) => `import { ${exportName} } from '${from}';`);
  return [...new Set(imports)].sort();
}

/** The stores of each environment as an object literal, in a stable order. */
export function printStores(stores: readonly SecretStoreBinding[], column: number, after: string): string {
  const environments = [...new Set(stores.map(({ environment }) => environment))].sort();
  const members = environments.map((environment) => ({
    key: /^[a-z]+$/.test(environment) ? environment : `'${environment}'`,
    code: {
      kind: '[' as const,
      members: stores.filter((store) => store.environment === environment).map((store) => ({ code: callOf(store) })),
    },
  }));
  return print({ kind: '{', members, after }, column);
}

function callOf({ exportName, options }: SecretStoreBinding): Code {
  const code = literal(options());
  return typeof code === 'string' ? code : { ...code, before: `${exportName}(`, after: ')' };
}
