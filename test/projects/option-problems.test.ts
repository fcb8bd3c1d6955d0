import { describe, expect, test } from 'vitest';
import { NodeServiceProject, type NodeServiceProjectOptions } from '../../src';
import { synth } from '../support/synth';

const born = (options: object) => () =>
  synth((outdir) => new NodeServiceProject({ ...(options as NodeServiceProjectOptions), outdir }));

describe('an option', () => {
  test.each([
    [{ name: 42 }, 'name: must be a string (got 42)'],
    [{}, 'name: a service is named by'],
    [{ name: 'My Orders' }, 'such as "my-orders"'],
    [{ name: '7th' }, 'such as "th"'],
    [{ name: 'orders', database: 'oracle' }, 'database: must be one of postgresql, mysql, sqlite, none (got "oracle")'],
    [{ name: 'orders', example: 'no' }, 'example: must be a boolean (got "no")'],
    [{ name: 'orders', delivery: false }, 'write delivery: { enabled: false }'],
    [{ name: 'orders', web: 3000 }, 'web: takes options of its own, or a list (got 3000)'],
  ])('%j is refused: %s', (options, problem) => {
    expect(born(options)).toThrow(problem);
  });

  test('prints its problem once', () => {
    let thrown: unknown;
    try {
      born({ name: '!' })();
    } catch (error) {
      thrown = error;
    }
    expect(Object.keys(thrown as object)).not.toContain('problems');
  });
});
