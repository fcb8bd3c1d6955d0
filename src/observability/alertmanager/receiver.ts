/** Where the files with credentials are, in the container of Alertmanager. */
const SECRETS = '/etc/alertmanager/secrets';

/**
 * What a message to PagerDuty needs.
 */
export interface PagerDutyReceiverProps {
  /**
   * The file with the key of the integration (Events API v2), in the container of Alertmanager.
   *
   * @default "/etc/alertmanager/secrets/pagerduty-routing-key"
   */
  readonly routingKeyFile?: string;
}

/**
 * What a message to Slack needs.
 */
export interface SlackReceiverProps {
  /**
   * The channel, such as `#orders-alerts`.
   */
  readonly channel: string;

  /**
   * The file with the URL of the incoming webhook, which is a secret, in the container of Alertmanager.
   *
   * @default "/etc/alertmanager/secrets/slack-webhook-url"
   */
  readonly webhookUrlFile?: string;
}

/**
 * What a message by email needs.
 */
export interface EmailReceiverProps {
  /** Who gets it. */
  readonly to: string;
  /** Whom it is from. */
  readonly from: string;
  /** The mail server with its port, such as `smtp.example.com:587`. The connection is encrypted. */
  readonly smarthost: string;

  /**
   * The login at the mail server.
   *
   * @default - the address it is from
   */
  readonly username?: string;

  /**
   * The file with the password, in the container of Alertmanager.
   *
   * @default "/etc/alertmanager/secrets/smtp-password"
   */
  readonly passwordFile?: string;
}

/**
 * What a message to a URL needs.
 */
export interface WebhookReceiverProps {
  /**
   * Where the alerts are posted to. It must not contain a credential: it ends up in a generated file.
   */
  readonly url: string;

  /**
   * The file with a bearer token, in the container of Alertmanager.
   *
   * @default - no token is sent
   */
  readonly tokenFile?: string;
}

/**
 * Somebody, or something, that hears of alerts. Credentials are read from files by Alertmanager; none is in a generated file.
 *
 * @example
 * observability.notify(AlertSeverity.PAGE, Receiver.pagerDuty());
 * observability.notify(AlertSeverity.TICKET, Receiver.slack({ channel: '#orders-alerts' }));
 */
export class Receiver {
  /** PagerDuty, which knows who is on call, and who to call when nobody acknowledges. */
  public static pagerDuty(props: PagerDutyReceiverProps = {}): Receiver {
    return new Receiver('pagerduty_configs', {
      routing_key_file: props.routingKeyFile ?? `${SECRETS}/pagerduty-routing-key`,
      severity: '{{ if eq .CommonLabels.severity "page" }}critical{{ else }}warning{{ end }}',
      ...MESSAGE.pagerDuty,
    });
  }

  /** A channel in Slack. */
  public static slack(props: SlackReceiverProps): Receiver {
    return new Receiver('slack_configs', {
      api_url_file: props?.webhookUrlFile ?? `${SECRETS}/slack-webhook-url`,
      channel: props?.channel,
      ...MESSAGE.slack,
    });
  }

  /** An address. */
  public static email(props: EmailReceiverProps): Receiver {
    return new Receiver('email_configs', {
      to: props?.to,
      from: props?.from,
      smarthost: props?.smarthost,
      auth_username: props?.username ?? props?.from,
      auth_password_file: props?.passwordFile ?? `${SECRETS}/smtp-password`,
      require_tls: true,
      send_resolved: true,
    });
  }

  /** A URL that alerts are posted to as JSON. */
  public static webhook(props: WebhookReceiverProps): Receiver {
    return new Receiver('webhook_configs', {
      url: props?.url,
      ...(props?.tokenFile === undefined
        ? {}
        : { http_config: { authorization: { credentials_file: props?.tokenFile } } }),
      send_resolved: true,
    });
  }

  /** @internal */
  public readonly _kind: string;
  /** @internal */
  public readonly _config: Readonly<Record<string, unknown>>;

  private constructor(kind: string, config: Record<string, unknown>) {
    this._kind = kind;
    this._config = config;
  }

  /**
   * What is wrong with it.
   *
   * @internal
   */
  public _flaw(): string | undefined {
    const { url, channel, smarthost, to, from, http_config } = this._config as Record<string, any>;
    const files = [...Object.entries(this._config), ...Object.entries(http_config?.authorization ?? {})]
      .filter(([member]) => member.endsWith('_file'))
      .map(([, path]) => path);
    if (!files.every((path) => typeof path === 'string' && /^\/[\w./-]+$/.test(path))) {
      return 'names a file that is no absolute path in the container of Alertmanager; a credential itself never belongs here';
    }
    switch (this._kind) {
      case 'webhook_configs':
        return typeof url === 'string' && /^https?:\/\/[^\s/@]+(\/[^\s?]*)?$/.test(url)
          ? undefined
          : 'has a URL that is none, or that carries a credential or a query: put the credential into a file';
      case 'slack_configs':
        return /^[#@]\S+$/.test(`${channel}`) ? undefined : 'has a channel that does not begin with # or @';
      case 'email_configs':
        if (!/^[^\s:]+:\d+$/.test(`${smarthost}`)) {
          return 'has a mail server without a port';
        }
        return [to, from].every((address) => /^[^\s@]+@[^\s@]+$/.test(`${address}`))
          ? undefined
          : 'has an address, to or from, that is none';
      default:
        return undefined;
    }
  }
}

/** What a person reads first: what is the matter, then what to do. */
const MESSAGE = {
  pagerDuty: {
    description: '{{ .CommonAnnotations.summary }}',
    client: 'Alertmanager',
    details: {
      description: '{{ .CommonAnnotations.description }}',
      runbook: '{{ .CommonAnnotations.runbook_url }}',
      dashboard: '{{ .CommonAnnotations.dashboard_url }}',
      firing: '{{ .Alerts.Firing | len }}',
    },
  },
  slack: {
    send_resolved: true,
    color:
      '{{ if eq .Status "firing" }}{{ if eq .CommonLabels.severity "page" }}danger{{ else }}warning{{ end }}{{ else }}good{{ end }}',
    title: '[{{ .Status }}] {{ .CommonLabels.alertname }} ({{ .CommonLabels.service }})',
    text: '{{ range .Alerts }}{{ .Annotations.summary }}\n{{ .Annotations.description }}\nRunbook: {{ .Annotations.runbook_url }}\nDashboard: {{ .Annotations.dashboard_url }}\n{{ end }}',
  },
};
