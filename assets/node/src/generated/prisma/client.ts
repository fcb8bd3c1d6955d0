import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';

/** Stands in for the client that a service generates from its own models; never copied. */
export declare class PrismaClient {
  constructor(options: {
    adapter: SqlDriverAdapterFactory;
    errorFormat?: 'pretty' | 'colorless' | 'minimal';
    transactionOptions?: { maxWait?: number; timeout?: number };
  });
  $connect(): Promise<void>;
  $disconnect(): Promise<void>;
}
