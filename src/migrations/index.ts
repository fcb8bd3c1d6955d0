export * from './database';
export * from './migrations-options';
export * from './prisma-migrations';
export * from './rules';
export * from './schema-engine';
