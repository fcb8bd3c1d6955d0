import { Alert, AlertSeverity, Duration, type Fact, Guide, GuideKind, Metric, MetricSource, Waiver } from '../service';

const STATED_BY = 'K8sManifests';
const EXPIRY = 'certmanager_certificate_expiration_timestamp_seconds';

/** cert-manager renews when a third of the time is left; two weeks before the end somebody must look. */
const TOO_LATE = 14 * 24 * 60 * 60;

/** What asks from outside which certificate a service shows there. */
const SEEN_FROM_OUTSIDE = ['CertificateExpiresNow', 'CertificateExpiresSoon', 'CertificateUnwatched'];

/**
 * A service that is called inside of the cluster only shows nobody a certificate, and nobody could ask it from outside.
 */
export function withoutCertificate(): Fact[] {
  return SEEN_FROM_OUTSIDE.map(
    (subject) =>
      new Waiver('alert', { subject, reason: 'it is called inside of the cluster only', statedBy: STATED_BY }),
  );
}

/**
 * A certificate that is not renewed in time is told about while there is time.
 */
export function certificateFacts(name: string, namespace: string): Fact[] {
  return [
    Metric.gauge(EXPIRY, {
      help: 'When the certificate ends',
      labels: ['name', 'namespace'],
      source: MetricSource.EXTERNAL,
      statedBy: 'cert-manager',
    }),
    new Alert('CertificateNotRenewed', {
      summary: `The certificate of ${name} ends within two weeks and was not renewed`,
      expression: `${EXPIRY}{namespace="${namespace}"} - time() < ${TOO_LATE}`,
      severity: AlertSeverity.TICKET,
      runbook: 'certificate-not-renewed',
      pending: Duration.hours(1),
      statedBy: STATED_BY,
      test: {
        // It comes too close after an hour, and is renewed after three.
        series: {
          [`${EXPIRY}{name="${name}", namespace="${namespace}"}`]: `${TOO_LATE + 3600}x179 ${6 * TOO_LATE}x59`,
        },
        quietAt: Duration.minutes(110),
        firesAt: Duration.minutes(150),
        resolvedAt: Duration.minutes(200),
        labels: { name, namespace },
      },
    }),
    new Guide('certificate-not-renewed', {
      kind: GuideKind.RUNBOOK,
      title: 'The certificate is not renewed',
      summary: 'What to look at when cert-manager does not renew in time',
      statedBy: STATED_BY,
      text: {
        render:
          () => `cert-manager should have renewed the certificate when a third of its time was left. When it ends, every client refuses the service.

## Look

\`\`\`sh
kubectl --namespace ${namespace} describe certificate
kubectl --namespace ${namespace} get certificaterequest,order,challenge
\`\`\`

The last event says why. The usual reasons:

- *A challenge is pending*: the authority cannot reach \`http://<host>/.well-known/acme-challenge/\`. Does the host resolve to this cluster? Does the network
  policy \`${name}-acme\` name the namespace of the ingress controller?
- *The issuer is not ready*: \`kubectl describe clusterissuer,issuer\`; its account or credentials are refused.
- *Rate limited*: too many certificates for the domain this week; wait, or use a staging authority for tests.

## Mend

After the reason is gone, \`kubectl --namespace ${namespace} delete certificaterequest --all\` makes cert-manager try again at once.`,
      },
    }),
  ];
}
