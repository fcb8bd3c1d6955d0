export * from './compose-stack';
export * from './container-image';
