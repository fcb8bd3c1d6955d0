export * from './node-service-options';
export * from './node-service-project';
