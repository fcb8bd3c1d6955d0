import { expect, it } from 'vitest';
import { nearest } from '../../src/platform/config/nearest.js';

const NAMES = ['PORT', 'MANAGEMENT_PORT', 'DATABASE_URL', 'LOG_LEVEL'];

it.each([
  ['PROT', 'PORT'],
  ['DATABSE_URL', 'DATABASE_URL'],
  ['LOGLEVEL', 'LOG_LEVEL'],
  ['REDIS_HOST', undefined],
  ['X', undefined],
])('%s was meant to be %s', (name, meant) => {
  expect(nearest(name, NAMES)).toBe(meant);
});
