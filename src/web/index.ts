export * from './fastify-server';
export type { HttpVariablesOptions } from './variables';
