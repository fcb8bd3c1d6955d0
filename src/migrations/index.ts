export * from './database';
export * from './prisma-migrations';
export * from './rules';
export * from './schema-engine';
