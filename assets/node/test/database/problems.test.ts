import { describe, expect, it } from 'vitest';
import { databaseProblem } from '../../src/platform/database/problems.js';

const prismaError = (more: object) => Object.assign(new Error('no'), { clientVersion: '7.10.0' }, more);

const adapterError = (cause: object) => Object.assign(new Error('no', { cause }), { name: 'DriverAdapterError' });

describe('what an error of the database means to a client', () => {
  it.each([
    { code: 'P1001' },
    { cause: { originalCode: '57P01' } },
    { meta: { driverAdapterError: { cause: { originalCode: '45028' } } } },
    { message: 'timeout exceeded when trying to connect' },
  ])('is 503 for %o', (more) => {
    expect(databaseProblem(prismaError(more))).toMatchObject({ status: 503, headers: { 'retry-after': '2' } });
  });

  it('is 503 for what a driver adapter throws by itself, as at the end of a transaction', () => {
    expect(databaseProblem(adapterError({ kind: 'ConnectionClosed' }))).toMatchObject({ status: 503 });
    expect(databaseProblem(adapterError({ kind: 'postgres', originalCode: '57P01' }))).toMatchObject({ status: 503 });
    expect(databaseProblem(adapterError({ kind: 'UniqueConstraintViolation' }))).toBeUndefined();
  });

  it.each([{ code: 'P2002' }, { code: 'P2025' }, { code: 'P2034' }, {}])("is the route's business for %o", (more) => {
    expect(databaseProblem(prismaError(more))).toBeUndefined();
  });

  it('is not known for a connection that is none of ours', () => {
    expect(databaseProblem(Object.assign(new Error('fetch failed'), { code: 'ECONNREFUSED' }))).toBeUndefined();
    expect(databaseProblem('ECONNREFUSED')).toBeUndefined();
  });
});
