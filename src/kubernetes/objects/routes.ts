import { ProcessKind, type ServiceProcess } from '../../service';
import type { Blueprint } from '../blueprint';
import { K8sIngressKind } from '../k8s-ingress';
import { head } from './scaling';

/** The port the Service is called on, whatever the pods listen on. */
const SERVICE_PORT = 80;

/** A stable address of a web process. */
export function service(blueprint: Blueprint, process: ServiceProcess): object | undefined {
  return process.processKind !== ProcessKind.WEB
    ? undefined
    : {
        ...head('v1', 'Service', blueprint, process),
        spec: {
          type: 'ClusterIP',
          selector: blueprint.selectorOf(process),
          ports: [{ name: 'http', port: SERVICE_PORT, targetPort: 'http', protocol: 'TCP', appProtocol: 'http' }],
        },
      };
}

/** Leads requests for the hosts from a Gateway to the Service. */
export function httpRoute(blueprint: Blueprint, environment?: string): object | undefined {
  const { front } = blueprint;
  const { _kind, _props: props } = blueprint.options.ingress ?? {};
  if (front === undefined || _kind !== K8sIngressKind.GATEWAY) {
    return undefined;
  }
  return {
    ...head('gateway.networking.k8s.io/v1', 'HTTPRoute', blueprint, front),
    spec: {
      parentRefs: [{ name: props?.gateway, namespace: props?.namespace, sectionName: props?.listener ?? 'https' }],
      hostnames: blueprint.hostsOf(environment),
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [{ name: blueprint.nameOf(front), port: SERVICE_PORT }],
        },
      ],
    },
  };
}

/** Leads requests for the hosts from an ingress controller to the Service, over TLS only. */
export function ingress(blueprint: Blueprint, environment?: string): object | undefined {
  const { front } = blueprint;
  if (front === undefined || !blueprint.hasCertificate) {
    return undefined;
  }
  const hosts = blueprint.hostsOf(environment);
  return {
    ...head('networking.k8s.io/v1', 'Ingress', blueprint, front),
    spec: {
      ingressClassName: blueprint.options.ingress?._props.className,
      tls: [{ hosts, secretName: tlsSecret(blueprint) }],
      rules: hosts.map((host) => ({
        host,
        http: {
          paths: [
            {
              path: '/',
              pathType: 'Prefix',
              backend: { service: { name: blueprint.nameOf(front), port: { name: 'http' } } },
            },
          ],
        },
      })),
    },
  };
}

/** The certificate of the hosts, which cert-manager renews. */
export function certificate(blueprint: Blueprint, environment?: string): object | undefined {
  const { front } = blueprint;
  if (front === undefined || !blueprint.hasCertificate) {
    return undefined;
  }
  const clusterIssuer = blueprint.options.ingress?._props.clusterIssuer;
  return {
    ...head('cert-manager.io/v1', 'Certificate', blueprint, front),
    spec: {
      secretName: tlsSecret(blueprint),
      dnsNames: blueprint.hostsOf(environment),
      issuerRef: {
        group: 'cert-manager.io',
        ...(clusterIssuer === undefined
          ? { kind: 'Issuer', name: blueprint.name }
          : { kind: 'ClusterIssuer', name: clusterIssuer }),
      },
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      usages: ['digital signature', 'server auth'],
    },
  };
}

/** Signs the certificate where the cluster has nobody who does. */
export function issuer(blueprint: Blueprint): object | undefined {
  const { acmeEmail, className } = blueprint.options.ingress?._props ?? {};
  return acmeEmail === undefined || !blueprint.hasCertificate
    ? undefined
    : {
        apiVersion: 'cert-manager.io/v1',
        kind: 'Issuer',
        metadata: { name: blueprint.name },
        spec: {
          acme: {
            server: 'https://acme-v02.api.letsencrypt.org/directory',
            email: acmeEmail,
            privateKeySecretRef: { name: `${blueprint.name}-acme-account` },
            solvers: [
              {
                http01: { ingress: { ingressClassName: className } },
              },
            ],
          },
        },
      };
}

function tlsSecret(blueprint: Blueprint): string {
  return `${blueprint.name}-tls`;
}
