import { BlockList } from 'node:net';

const NAMED = new Set(['loopback', 'linklocal', 'uniquelocal']);

/** Those that are neither an address, nor a network in CIDR notation, nor one of the named networks. */
export function invalidProxies(proxies: readonly string[]): string[] {
  return proxies.filter((proxy) => !NAMED.has(proxy) && !isNetwork(proxy));
}

function isNetwork(text: string): boolean {
  const [address = '', prefix] = text.split('/');
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  try {
    // A list takes only what is an address or a network.
    new BlockList().addSubnet(address, prefix === undefined ? 32 : Number(prefix), family);
    return prefix !== '';
  } catch {
    return false;
  }
}
