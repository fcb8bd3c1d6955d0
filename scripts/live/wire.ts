import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A TCP connection that can be cut, to see what a service does without what is at the other end.
 */
export class Wire {
  /** Lays a wire to a port of this machine. */
  public static async to(port: number): Promise<Wire> {
    const wire = new Wire(port);
    await wire.mend();
    return wire;
  }

  private readonly sockets = new Set<Socket>();
  private server?: Server;
  private ownPort = 0;

  private constructor(private target: number) {}

  /** The port of this end; the same after every cut. */
  public get port(): number {
    return this.ownPort;
  }

  /** Breaks all connections and refuses new ones, as a server that is killed. */
  public async cut(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    for (const socket of this.sockets) {
      socket.resetAndDestroy();
    }
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  }

  public async mend(): Promise<void> {
    const server = createServer((near) => this.join(near, connect(this.target, '127.0.0.1')));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.ownPort, '127.0.0.1', resolve);
    });
    this.ownPort = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** Leads new connections to another port. */
  public leadTo(port: number): void {
    this.target = port;
  }

  private join(near: Socket, far: Socket): void {
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
  }
}
