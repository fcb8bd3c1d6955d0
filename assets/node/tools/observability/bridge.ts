import { execFile } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { promisify } from 'node:util';

/** The loopback, in all its names. */
const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];

/**
 * Lets containers of this machine reach a port that the service has on the loopback: by the address that Docker's bridge has here, and
 * by no other, so that nobody on the network does. Docker Desktop needs none of it: there, containers reach the loopback.
 *
 * @param host where the service listens, if it was told
 * @returns what ends it
 */
export async function letContainersReach(port: number, host = '127.0.0.1'): Promise<() => void> {
  const address = process.platform === 'linux' && LOOPBACK.includes(host) ? await bridgeAddress() : undefined;
  return address === undefined ? () => undefined : await relay(address, port, host);
}

/** What `host.docker.internal:host-gateway` stands for. */
async function bridgeAddress(): Promise<string | undefined> {
  try {
    const format = '{{(index .IPAM.Config 0).Gateway}}';
    const { stdout } = await promisify(execFile)('docker', ['network', 'inspect', 'bridge', '--format', format], {
      timeout: 5000,
    });
    return stdout.trim() || undefined;
  } catch {
    // Another engine, or none: its containers have other ways, or Prometheus says that the target is down.
    return undefined;
  }
}

/** Passes connections to an address on to the same port of the loopback. */
export async function relay(address: string, port: number, host = '127.0.0.1'): Promise<() => void> {
  const server = createServer((from) => {
    const to = connect(port, host);
    // Whoever goes first, the other one goes too; the service restarts all the time.
    from.on('error', () => to.destroy()).on('close', () => to.destroy());
    to.on('error', () => from.destroy()).on('close', () => from.destroy());
    from.pipe(to).pipe(from);
  });
  return await new Promise((resolve) => {
    const close = () => {
      server.close();
    };
    server.once('error', (error) => {
      // The bridge is that of another machine, or somebody listens there already.
      console.error(`Containers may not reach port ${port}: ${error.message}`);
      resolve(close);
    });
    server.listen(port, address, () => resolve(close)).unref();
  });
}
