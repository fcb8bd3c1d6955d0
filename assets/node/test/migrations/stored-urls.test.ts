import { expect, it } from 'vitest';
import type { SecretProvider } from '../../src/platform/config/provider.js';
import { completed } from '../../src/platform/migrations/stored-urls.js';

/** A store that keeps both URLs of prod, and what it was asked for. */
function production(): { asked: string[]; complete: (env: Record<string, string>) => ReturnType<typeof completed> } {
  const asked: string[] = [];
  const store: SecretProvider = {
    name: 'the store',
    places: { DATABASE_URL: 'app', MIGRATION_DATABASE_URL: 'owner' },
    read: async (variables) => {
      asked.push(...variables);
      return new Map(variables.map((name) => [name, { text: `postgresql://prod/${name}` }]));
    },
  };
  const surroundings = { environments: ['dev', 'prod'], providers: { prod: [store] } };
  return { asked, complete: (env) => completed(env, surroundings) };
}

it.each(['DATABASE_URL', 'DATABASE_URL_FILE', 'MIGRATION_DATABASE_URL', 'MIGRATION_DATABASE_URL_FILE'])(
  'a database that is named by %s is the one that is migrated, and no store is asked for another',
  async (name) => {
    const { asked, complete } = production();
    const env = { [name]: 'postgresql://me@localhost/clone' };
    expect(await complete(env)).toEqual(env);
    expect(asked).toEqual([]);
  },
);

it("where none is named, the store's is: of the role that owns the schema", async () => {
  const { asked, complete } = production();
  expect(await complete({ DATABASE_URL: '' })).toMatchObject({
    MIGRATION_DATABASE_URL: 'postgresql://prod/MIGRATION_DATABASE_URL',
  });
  expect(asked).toEqual(['MIGRATION_DATABASE_URL']);
});

it('an environment that nobody declared is refused, whatever is named', async () => {
  const { complete } = production();
  await expect(complete({ APP_ENV: 'prd', DATABASE_URL: 'postgresql://h/d' })).rejects.toThrow('APP_ENV: "prd"');
});
