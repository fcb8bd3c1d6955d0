export * from './database';
export * from './prisma-migrations';
