import { Project } from 'projen';
import { describe, expect, it } from 'vitest';
import { ConfigType, ConfigVariable, Duration, NodeServiceProject, Service } from '../../src';
import { ShutdownRules } from '../../src/web/shutdown-rules';

const timing = (name: string, seconds: number, prod?: number) =>
  new ConfigVariable(name, {
    type: ConfigType.duration(),
    defaultValue: Duration.seconds(seconds),
    ...(prod === undefined ? {} : { values: { prod: Duration.seconds(prod) } }),
    description: 'A time',
  });

function problemsOf(...variables: ConfigVariable[]): string[] {
  const service = Service.of(new Project({ name: 'orders', outdir: '/nowhere' }));
  for (const variable of variables) {
    service.state(variable);
  }
  return new ShutdownRules()
    .validate(service)
    .map(({ place, message, value, fix }) => `${place}: ${message} (got ${value}) → ${fix}`);
}

describe('a server that stops', () => {
  it('has the time that its slowest request may take, by default', () => {
    const { service } = new NodeServiceProject({ name: 'orders', outdir: '/nowhere' });
    expect(new ShutdownRules().validate(service)).toEqual([]);
  });

  it('is told where it has less', () => {
    expect(problemsOf(timing('REQUEST_TIMEOUT', 15, 30), timing('SHUTDOWN_GRACE', 20))).toMatchInlineSnapshot(`
      [
        "config variable SHUTDOWN_GRACE in prod: is over before a request may be, which REQUEST_TIMEOUT gives 30s: the slowest would be cut off when the server stops (got 20s) → raise it to 34s or more, or shorten REQUEST_TIMEOUT",
      ]
    `);
  });

  it('may have exactly that', () => {
    expect(problemsOf(timing('REQUEST_TIMEOUT', 16), timing('SHUTDOWN_GRACE', 20))).toEqual([]);
    expect(problemsOf(timing('REQUEST_TIMEOUT', 17), timing('SHUTDOWN_GRACE', 20))).toHaveLength(3);
  });
});
