import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and a server, and can make the server vanish in each of the ways servers do. */
export class TcpProxy {
  readonly #sockets = new Set<Socket>();
  readonly #target: { host: string; port: number };
  #server: Server | undefined;
  #frozen = false;
  port = 0;

  private constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#target = { host: hostname, port: Number(port) };
  }

  static async before(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(url);
    await proxy.up();
    return proxy;
  }

  urlOf(url: string): string {
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String(this.port);
    return through.href;
  }

  /** Refuses new connections and cuts the ones there are. */
  async down(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server?.close(() => resolve()));
  }

  async up(): Promise<void> {
    this.#frozen = false;
    this.#server = createServer((client) => this.#forward(client));
    await new Promise<void>((resolve) => this.#server?.listen(this.port, '127.0.0.1', resolve));
    const address = this.#server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Takes connections and says nothing more, as a machine that hangs. */
  freeze(): void {
    this.#frozen = true;
    for (const socket of this.#sockets) socket.pause().unpipe();
  }

  #forward(client: Socket): void {
    this.#remember(client);
    if (this.#frozen) return;
    const server = connect(this.#target);
    this.#remember(server);
    client.pipe(server).pipe(client);
    client.once('close', () => server.destroy());
    server.once('close', () => client.destroy());
  }

  #remember(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => this.#sockets.delete(socket));
  }
}
