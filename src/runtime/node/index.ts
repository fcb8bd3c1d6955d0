export { pathOf } from './config-module';
export * from './node-runtime';
export * from './node-toolchain';
export { renderSecretStores, type SecretStoreBinding } from './secret-stores';
export { type Code, literal, type Member, print } from './typescript';
export { versionOf } from './versions';
