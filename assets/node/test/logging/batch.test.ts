import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BatchedDestination } from '../../src/platform/logging/batch.js';

function batched() {
  const written: string[] = [];
  const sink = {
    write: (text: string) => written.push(text),
    flush: (done: () => void) => done(),
    flushSync: vi.fn(),
    on: vi.fn(),
  };
  return { written, sink, destination: new BatchedDestination(sink) };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('lines', () => {
  it('wait for each other', () => {
    const { destination, written } = batched();
    destination.write('a\n');
    destination.write('b\n');
    expect(written).toEqual([]);

    vi.advanceTimersByTime(200);
    expect(written).toEqual(['a\nb\n']);
  });

  it('do not wait when there are many', () => {
    const { destination, written } = batched();
    for (let i = 0; i < 65; i++) destination.write('x'.repeat(1024));

    expect(written).toEqual(['x'.repeat(64 * 1024)]);
  });

  it('do not wait when they are asked for', async () => {
    const { destination, written } = batched();
    destination.write('last words\n');
    await destination.flush();

    expect(written).toEqual(['last words\n']);
    vi.advanceTimersByTime(1000);
    expect(written).toHaveLength(1);
  });

  it('do not wait when the process ends', () => {
    const before = process.listeners('exit');
    const { destination, written, sink } = batched();
    destination.write('last words\n');
    const [onExit] = process.listeners('exit').filter((listener) => !before.includes(listener));
    onExit?.(0);

    expect(written).toEqual(['last words\n']);
    expect(sink.flushSync).toHaveBeenCalledOnce();
  });
});
