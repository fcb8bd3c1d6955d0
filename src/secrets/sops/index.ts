export * from './sops-format';
export * from './sops-options';
export * from './sops-recipient';
