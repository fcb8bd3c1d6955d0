import { expect, test } from 'vitest';
import { startService } from './support/service.js';

const service = await startService();

test('greets the world', async () => {
  const response = await service.inject('/hello');

  expect(response.statusCode).toBe(200);
  expect(response.json()).toEqual({ message: 'Hello, world!' });
});

test('greets by name', async () => {
  expect((await service.inject('/hello?name=Ada')).json()).toEqual({ message: 'Hello, Ada!' });
});

test('refuses a name that is none', async () => {
  const response = await service.inject('/hello?name=%20');

  expect(response.statusCode).toBe(400);
  expect(response.headers['content-type']).toContain('application/problem+json');
  expect(response.json().errors).toMatchObject([{ parameter: 'name' }]);
});
