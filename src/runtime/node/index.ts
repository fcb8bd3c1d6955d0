export { pathOf } from './config-module';
export * from './node-runtime';
export * from './node-toolchain';
export { renderSecretStores, type SecretStoreBinding } from './secret-stores';
export { versionOf } from './versions';
