export * from './secrets-config';
