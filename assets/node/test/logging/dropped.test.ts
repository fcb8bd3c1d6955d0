import { expect, it } from 'vitest';
import { freePort, run } from '../support/process.js';

it('lines that nobody reads cost no request its time, and each is either written or counted', {
  timeout: 60_000,
}, async () => {
  const [port, management] = [await freePort(), await freePort()];
  const service = run('service', { PORT: `${port}`, MANAGEMENT_PORT: `${management}` });
  await service.line('ready');
  const dropped = async () => {
    const text = await (await fetch(`http://127.0.0.1:${management}/metrics`)).text();
    return Number(/^log_lines_dropped_total (\d+)$/m.exec(text)?.[1]);
  };
  expect(await dropped()).toBe(0);

  service.read(false);
  const written = 30_000;
  expect((await fetch(`http://127.0.0.1:${port}/lines/${written}`)).status).toBe(200);
  const lost = await dropped();
  // 30 MB were written, of which memory holds 16.
  expect(lost).toBeGreaterThan(10_000);

  service.read(true);
  service.kill('SIGTERM');
  expect(await service.ended).toBe(0);
  expect(service.lines.filter(({ msg }) => msg === 'one of many')).toHaveLength(written - lost);
});
