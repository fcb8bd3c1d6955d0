import { describe, expect, expectTypeOf, it } from 'vitest';
import type { PlatformModule } from '../../src/platform/app/module.js';
import { createPlatform } from '../../src/platform/app/platform.js';
import type { PlatformConfig } from '../../src/platform/app/types.js';
import { unavailable } from '../../src/platform/http/problem.js';
import { CONFIG } from '../support/server.js';

const QUIET: PlatformConfig = { ...CONFIG, logLevel: 'silent' };

class StoreAway extends Error {}

function store(closed: string[], name = 'store'): PlatformModule<string, { get(): never }, PlatformConfig> {
  return {
    name,
    open: async () => ({
      resource: {
        get() {
          throw new StoreAway();
        },
      },
      checks: [],
      close: async () => void closed.push(name),
    }),
    problems: (error) => (error instanceof StoreAway ? unavailable('The store is away.') : undefined),
  };
}

const platform = <const M extends readonly PlatformModule<string, unknown, PlatformConfig>[]>(modules: M) =>
  createPlatform({ service: 'orders', version: '1.2.3', loadConfig: () => QUIET, modules });

describe('an app that is built for a test', () => {
  it('has the routes, the configuration and the modules', async () => {
    const { buildApp } = platform([store([])]);
    const app = await buildApp(async (app) => {
      app.get('/', async () => ({
        decorated: app.hasDecorator('store'),
        limit: app.getDecorator<PlatformConfig>('config').bodyLimit,
      }));
    });

    expect((await app.inject('/')).json()).toEqual({ decorated: true, limit: 1000 });
    await app.close();
  });

  it('takes a configuration of the test', async () => {
    const { buildApp } = platform([]);
    const app = await buildApp(async () => {}, { config: { ...QUIET, managementPort: 0 } });

    expect((await app.inject('/readyz')).statusCode).toBe(200);
    await app.close();
  });

  it('asks the modules what their errors mean', async () => {
    const { buildApp } = platform([store([])]);
    const app = await buildApp(async (app) => {
      app.get('/', async () => app.getDecorator<{ get(): never }>('store').get());
    });
    const response = await app.inject('/');

    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({ detail: 'The store is away.' });
    await app.close();
  });

  it('closes the routes first, and the modules in reverse', async () => {
    const closed: string[] = [];
    const { buildApp } = platform([store(closed, 'first'), store(closed, 'second')]);
    const app = await buildApp(async (app) => {
      app.addHook('onClose', async () => void closed.push('routes'));
    });
    await app.close();

    expect(closed).toEqual(['routes', 'second', 'first']);
  });

  it('closes what it opened when the routes cannot be registered', async () => {
    const closed: string[] = [];
    const { buildApp } = platform([store(closed)]);
    const app = buildApp(async () => {
      throw new Error('no routes');
    });

    await expect(app).rejects.toThrow('no routes');
    expect(closed).toEqual(['store']);
  });

  it('closes what it opened when a module cannot be opened', async () => {
    const closed: string[] = [];
    const broken: PlatformModule<'broken', never, PlatformConfig> = {
      name: 'broken',
      open: async () => {
        throw new Error('no module');
      },
    };
    const app = platform([store(closed), broken]).buildApp(async () => {});

    await expect(app).rejects.toThrow('no module');
    expect(closed).toEqual(['store']);
  });
});

describe('types', () => {
  const counter: PlatformModule<'counter', { next(): number }, PlatformConfig & { readonly step: number }> = {
    name: 'counter',
    open: async ({ config }) => ({ resource: { next: () => config.step }, checks: [], close: async () => {} }),
  };

  it('give workers the resources of the modules by name', () => {
    const { work } = createPlatform({ service: 'x', loadConfig: () => ({ ...QUIET, step: 1 }), modules: [counter] });
    type Context = Parameters<Parameters<typeof work>[1]>[0];

    expectTypeOf<Context['resources']>().toEqualTypeOf<{ readonly counter: { next(): number } }>();
    expectTypeOf<Context['config']['step']>().toEqualTypeOf<number>();
  });

  it('refuse a module that reads what the configuration does not have', () => {
    // @ts-expect-error `step` is missing
    createPlatform({ service: 'x', loadConfig: () => QUIET, modules: [counter] });
  });
});
