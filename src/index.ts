export * from './delivery';
export * from './guides';
export * from './migrations';
export * from './observability';
export * from './projects';
export * from './secrets';
export * from './service';
export * from './web';
