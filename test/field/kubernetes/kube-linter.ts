/**
 * kube-linter cannot be installed from a registry (its Go module is not served, and no package carries its binary), so each of its checks
 * is kept by one of the gates here. Each names the mutation that breaks what it guards; a check that is not kept has a reason. Built by
 * hand from its source (commit 35de568), with every default check on, it objected on all services here to one
 * thing: that runs of a CronJob have a time to live. They have none any more.
 *
 * @see https://docs.kubelinter.io/#/generated/checks
 */
export const KUBE_LINTER: Readonly<Record<'default' | 'optional', Readonly<Record<string, Kept>>>> = {
  default: {
    'dangling-service': { by: 'a Service that leads somewhere' },
    'deprecated-service-account-field': { by: 'an account by its current name' },
    'docker-sock': { by: 'a wall to the node' },
    'drop-net-raw-capability': { by: 'dropped capabilities' },
    'duplicate-env-var': { by: 'a variable that is given once' },
    'env-var-secret': { by: 'secrets as files' },
    'host-ipc': { by: 'messages of its own' },
    'host-network': { by: 'a network of its own' },
    'host-pid': { by: 'processes of its own' },
    'invalid-target-ports': { by: 'a port that the pods have' },
    'job-ttl-seconds-after-finished': { by: 'an end of jobs' },
    'latest-tag': { by: 'a digest' },
    'liveness-port': { by: 'a liveness probe of a port that is there' },
    'mismatching-selector': { by: 'a selector that finds its own pods' },
    'no-anti-affinity': { by: 'a spread over zones and hosts' },
    'no-extensions-v1beta': { by: 'an API that is still served' },
    'no-read-only-root-fs': { by: 'a file system that is only read' },
    'non-existent-service-account': { by: 'a service account' },
    'pdb-max-unavailable': { by: 'a budget that is no ban' },
    'pdb-min-available': { by: 'a budget that lets a pod go' },
    'pdb-unhealthy-pod-eviction-policy': { by: 'eviction of broken pods' },
    'privilege-escalation-container': { by: 'a ban of more privileges' },
    'privileged-container': { by: 'unprivileged migrations' },
    'readiness-port': { by: 'a readiness probe of a port that is there' },
    'run-as-non-root': { by: 'a user that is not root' },
    'sensitive-host-mounts': { by: 'a wall to the node' },
    'ssh-port': { by: 'no door for a shell' },
    'startup-port': { by: 'a startup probe of a port that is there' },
    'unsafe-sysctls': { by: 'the kernel as it is' },
    'unset-cpu-requirements': { by: 'a share of the processor' },
    'unset-memory-requirements': { by: 'a limit of memory' },
  },
  optional: {
    'access-to-create-pods': { by: 'no rights in the cluster' },
    'access-to-secrets': { by: 'no rights in the cluster' },
    'cluster-admin-role-binding': { by: 'no rights in the cluster' },
    'dangling-horizontalpodautoscaler': { by: 'an autoscaler that finds its Deployment' },
    'dangling-ingress': { by: 'a way in that leads somewhere' },
    'dangling-networkpolicy': { by: 'a policy of pods that are there' },
    'dangling-networkpolicypeer-podselector': {
      not: 'Peers are in other namespaces, which are not among these objects.',
    },
    'dangling-servicemonitor': { by: 'a monitor that finds pods' },
    'default-service-account': { by: 'a service account' },
    'dnsconfig-options': { not: 'The defaults of the cluster are right for names inside and outside.' },
    'env-value-from': { by: 'configuration' },
    'exposed-services': { by: 'a Service inside the cluster' },
    'hpa-minimum-three-replicas': { not: 'Three in production by default; how many elsewhere is the user’s to say.' },
    'minimum-three-replicas': { not: 'The autoscaler says how many.' },
    'no-liveness-probe': { by: 'a liveness probe that depends on nothing' },
    'no-node-affinity': { not: 'Pods may run on any node.' },
    'no-readiness-probe': { by: 'a readiness probe' },
    'no-rolling-update-strategy': { by: 'old pods while new ones start' },
    'non-isolated-pod': { by: 'a network policy' },
    'priority-class-name': { not: 'Priority classes are the cluster’s; an override sets one.' },
    'privileged-ports': { by: 'a port above those of root' },
    'read-secret-from-env-var': { by: 'no secret in the environment' },
    'required-annotation-email': {
      not: 'Who owns it is a label of the cluster’s own choosing; addManifest and overrides add one.',
    },
    'required-label-owner': { not: 'As above.' },
    'restart-policy': {
      not: 'Deployments take "Always" only; jobs say "Never", which kube-linter means for Deployments.',
    },
    'scc-deny-privileged-container': { not: 'Of OpenShift; there is no such object.' },
    'schema-validation': { by: 'fields that exist' },
    'sorted-keys': { not: 'Keys are in the order in which people read them.' },
    'unsafe-proc-mount': { by: 'a masked /proc' },
    'use-namespace': { by: 'a namespace' },
    'wildcard-in-rules': { by: 'no rights in the cluster' },
    'writable-host-mount': { by: 'a wall to the node' },
  },
};

/** Which mutation shows that a check is kept, or why it is not. */
export type Kept = { readonly by: string } | { readonly not: string };
