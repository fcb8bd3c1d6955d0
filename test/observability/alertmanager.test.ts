import { Project } from 'projen';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { AlertSeverity, Observability, Receiver } from '../../src';
import { receiverFor } from '../../src/observability/alertmanager';
import { synth } from '../support/synth';
import { observed } from './support';

const PATH = 'observability/alertmanager/alertmanager.yaml';

function alertmanager(tell: (observability: Observability) => void = () => {}) {
  const files = synth((outdir) => {
    const project = new Project({ name: 'orders', outdir });
    tell(new Observability(project));
    return project;
  });
  return parse(files[PATH]!) as { receivers: Array<{ name: string } & Record<string, unknown[]>> };
}

describe('a receiver', () => {
  const receivers = (name: string, receiver: Receiver) =>
    alertmanager((observability) => observability.notify(AlertSeverity.PAGE, receiver)).receivers.find(
      (found) => found.name === name,
    )!;

  it.each([
    [
      'PagerDuty',
      Receiver.pagerDuty(),
      'pagerduty_configs',
      'routing_key_file',
      '/etc/alertmanager/secrets/pagerduty-routing-key',
    ],
    [
      'Slack',
      Receiver.slack({ channel: '#alerts' }),
      'slack_configs',
      'api_url_file',
      '/etc/alertmanager/secrets/slack-webhook-url',
    ],
    [
      'email',
      Receiver.email({ to: 'a@acme.com', from: 'b@acme.com', smarthost: 'smtp.acme.com:587' }),
      'email_configs',
      'auth_password_file',
      '/etc/alertmanager/secrets/smtp-password',
    ],
  ])('has its credential in a file: %s', (_, receiver, kind, member, file) => {
    expect(receivers('page', receiver)[kind]?.[0]).toMatchObject({ [member]: file });
  });

  it('may be a webhook with a token from a file', () => {
    expect(receivers('page', Receiver.webhook({ url: 'https://hooks.acme.com/x', tokenFile: '/run/token' }))).toEqual({
      name: 'page',
      webhook_configs: [
        {
          url: 'https://hooks.acme.com/x',
          http_config: { authorization: { credentials_file: '/run/token' } },
          send_resolved: true,
        },
      ],
    });
  });

  it.each([
    ['a credential in its URL', Receiver.webhook({ url: 'https://user:pass@hooks.acme.com/' }), 'carries a credential'],
    [
      'a key in its query',
      Receiver.webhook({ url: 'https://hooks.acme.com/?key=1' }),
      'carries a credential or a query',
    ],
    ['no channel', Receiver.slack({ channel: 'alerts' }), 'does not begin with # or @'],
    [
      'no port',
      Receiver.email({ to: 'a@b.c', from: 'a@b.c', smarthost: 'smtp.acme.com' }),
      'mail server without a port',
    ],
  ])('is refused with %s', (_, receiver, message) => {
    const { service, observability } = observed();
    observability.notify(AlertSeverity.PAGE, receiver);
    const problems = service.problems();
    expect(problems).toEqual([expect.objectContaining({ message: expect.stringContaining(message) })]);
    // What may be a credential is not shown.
    expect(JSON.stringify(problems)).not.toContain('pass@');
  });

  it('hears of pages and tickets only', () => {
    const { service, observability } = observed();
    observability.notify(AlertSeverity.INFO, Receiver.pagerDuty());
    expect(service.problems()).toEqual([expect.objectContaining({ place: 'observability.notify', value: 'info' })]);
  });
});

describe('alerts are routed', () => {
  it.each([
    [{ severity: 'page' }, 'page'],
    [{ severity: 'page', environment: 'prod' }, 'page'],
    [{ severity: 'page', environment: 'staging' }, 'ticket'],
    [{ severity: 'ticket' }, 'ticket'],
    [{ severity: 'info' }, 'nobody'],
    [{ severity: 'info', alertname: 'Watchdog' }, 'heartbeat'],
    [{ severity: 'ticket', alertname: 'PageGoesOn' }, 'escalation'],
  ])('%j to %s', (labels, receiver) => {
    expect(receiverFor(observed().service, labels)).toBe(receiver);
  });

  it('once for an outage, which is two alerts', () => {
    const { inhibit_rules: rules } = alertmanager() as unknown as { inhibit_rules: Array<Record<string, string[]>> };
    const mutes = (source: string, target: string) =>
      rules.some(
        ({ source_matchers, target_matchers }) =>
          source_matchers?.[0] === `alertname="${source}"` && target_matchers?.[0] === `alertname="${target}"`,
      );
    expect(mutes('ServiceDown', 'ServiceAbsent')).toBe(true);
    expect(mutes('ServiceAbsent', 'ServiceDown')).toBe(false);
  });

  it('and the sign of life never says that it has ended', () => {
    const { receivers } = alertmanager((observability) =>
      observability.sendHeartbeatTo(Receiver.webhook({ url: 'https://heartbeat.acme.com' })),
    );
    expect(receivers.find(({ name }) => name === 'heartbeat')?.['webhook_configs']).toEqual([
      { url: 'https://heartbeat.acme.com', send_resolved: false },
    ]);
  });

  it('to somebody else when a page goes on, if there is somebody', () => {
    const { service, observability } = observed();
    expect(service.alerts.map(({ name }) => name)).not.toContain('PageGoesOn');
    observability.escalateTo(Receiver.pagerDuty());
    expect(service.alerts.map(({ name }) => name)).toContain('PageGoesOn');
    expect(service.problems()).toEqual([]);
  });
});
