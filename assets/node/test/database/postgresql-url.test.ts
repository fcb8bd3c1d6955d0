import { expect, it } from 'vitest';
import { parameterProblem } from '../../src/platform/postgresql-url/parameters.js';

it('a parameter that is named as what every object has is refused as any other', () => {
  expect(parameterProblem('postgresql://h/d?toString=1')).toBe(
    'has the parameter "toString", which would have no effect: remove it',
  );
});
