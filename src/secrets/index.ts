export * from './aws/aws-secrets-manager-options';
export * from './provider';
export * from './secrets-config';
export * from './secrets-provider';
