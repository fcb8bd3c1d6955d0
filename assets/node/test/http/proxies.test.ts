import { expect, it } from 'vitest';
import { invalidProxies } from '../../src/platform/http/proxies.js';

it('proxies are addresses, networks, or well-known networks', () => {
  expect(invalidProxies(['10.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8', 'loopback', 'linklocal', 'uniquelocal'])).toEqual(
    [],
  );
});

it.each(['*', 'true', '1', 'proxy.internal', '10.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/x', 'fd00::/129', ''])(
  '%j is none',
  (proxy) => {
    expect(invalidProxies([proxy])).toEqual([proxy]);
  },
);
