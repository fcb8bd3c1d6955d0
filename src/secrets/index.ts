export * from './aws/aws-delivery';
export * from './aws/aws-secrets-manager-options';
export * from './github';
export * from './provider';
export * from './secrets-config';
export * from './secrets-provider';
export * from './sops';
export * from './vault';
