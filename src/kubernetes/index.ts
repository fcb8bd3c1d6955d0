export * from './k8s-ingress';
export * from './k8s-manifests';
export * from './k8s-manifests-options';
export * from './k8s-rollout';
