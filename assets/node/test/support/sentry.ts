import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** An event as it arrived. */
export interface ReceivedEvent {
  readonly level: string;
  readonly release: string;
  readonly environment: string;
  readonly tags: Readonly<Record<string, unknown>>;
  readonly contexts: { readonly trace: { readonly trace_id: string; readonly span_id: string } };
  readonly exception: {
    readonly values: readonly {
      readonly type: string;
      readonly value: string;
      readonly stacktrace: { readonly frames: readonly { readonly filename: string }[] };
    }[];
  };
}

export interface SentryReceiver {
  readonly dsn: string;
  readonly events: ReceivedEvent[];
  /** All that was sent, headers included. */
  readonly received: string[];
  /** How it answers from now on; 0 is not at all. */
  status: number;
}

/** Takes envelopes over HTTP, as Sentry does. */
export async function startSentry(): Promise<SentryReceiver> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    receiver.received.push(JSON.stringify([request.url, request.headers]), body);
    receiver.events.push(...eventsOf(body));
    if (receiver.status !== 0) response.writeHead(receiver.status, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const receiver: SentryReceiver = { dsn: `http://public@127.0.0.1:${port}/42`, events: [], received: [], status: 200 };
  return receiver;
}

/** An envelope is lines: its header, then for each item a header and a payload. */
function eventsOf(body: string): ReceivedEvent[] {
  const [, ...lines] = body.trim().split('\n');
  return lines.flatMap((line, position) =>
    position % 2 === 0 && (JSON.parse(line) as { type: string }).type === 'event'
      ? [JSON.parse(lines[position + 1] ?? '{}') as ReceivedEvent]
      : [],
  );
}
