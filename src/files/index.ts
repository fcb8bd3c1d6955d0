export * from './asset';
export * from './base-images';
export * from './once-files';
export * from './owned-json';
export * from './owned-text';
export * from './owned-toml';
export * from './owned-yaml';
export type { Owner } from './owner';
export * from './stable-list';
