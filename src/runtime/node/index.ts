export { memberOf } from './config-module';
export * from './node-runtime';
export * from './node-toolchain';
export { versionOf } from './versions';
