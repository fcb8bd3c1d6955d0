import { expect, it } from 'vitest';
import { createPlatform } from '../../src/platform/app/platform.js';
import { type ConfigOf, type Declarations, load } from '../../src/platform/config/load.js';
import type { SecretProvider } from '../../src/platform/config/provider.js';
import * as types from '../../src/platform/config/types.js';
import { declarations as common } from '../fixtures/platform/config.js';

const { stripeApiKey: _, ...rest } = common;
const declarations = {
  ...rest,
  apiKey: { name: 'API_KEY', type: types.string(), secret: true },
  keys: { name: 'SESSION_KEYS', type: types.keys(), secret: true },
} as const satisfies Declarations;

/** Takes its time, as a store on a network does, and counts who asks. */
class SlowStore implements SecretProvider {
  readonly name = 'a store';
  readonly places = { API_KEY: 'orders/prod/API_KEY', SESSION_KEYS: 'orders/prod/SESSION_KEYS' };
  readings = 0;

  async read() {
    this.readings += 1;
    await new Promise((resolve) => setTimeout(resolve, 200));
    return new Map([
      ['API_KEY', { text: 'sk_live' }],
      ['SESSION_KEYS', { text: 'k'.repeat(32) }],
    ]);
  }
}

it('a store of secrets is read at the start, and never while a request is answered', async () => {
  const store = new SlowStore();
  const { buildApp } = createPlatform({
    service: 'orders',
    version: '1.2.3',
    loadConfig: () =>
      load(
        declarations,
        { env: { LOG_LEVEL: 'silent', SECRET_REFRESH_INTERVAL: '1h' }, environment: 'prod' },
        { prod: [store] },
      ),
    modules: [],
  });
  const app = await buildApp(async (app) => {
    const { config } = app as unknown as { config: ConfigOf<typeof declarations> };
    app.get('/signed', async () => ({
      length: config.apiKey.reveal().length,
      signature: config.keys.reveal().sign('a session'),
    }));
  });
  try {
    const begun = performance.now();
    for (let request = 0; request < 200; request++) {
      expect((await app.inject('/signed')).json()).toMatchObject({ length: 7 });
    }
    // One reading in the path of each would take forty seconds.
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(store.readings).toBe(1);
  } finally {
    await app.close();
  }
});
