export * from './example-service';
