export * from './github-actions-options';
