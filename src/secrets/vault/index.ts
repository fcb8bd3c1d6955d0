export * from './vault-audit';
export * from './vault-database-login';
export * from './vault-delivery';
export * from './vault-options';
