const UNBOUNDED: ReadonlyArray<readonly [names: RegExp, reason: string]> = [
  [
    /^(path|url|uri|href|target|query|querystring|original_url)$/,
    'there is one for each path that anybody asks for; use the route template',
  ],
  [
    /(^|_)(user|customer|account|tenant|client|session|visitor|device|order|cart|payment|message|request|trace|span|correlation|transaction|job)_id$/,
    'there is one for each thing that is counted',
  ],
  [/^(id|uuid|guid|user|username|session|token|key|jti|sub)$/, 'there is one for each thing that is counted'],
  [/(^|_)(email|phone|iban|address)$/, 'there is one for each person, and it is personal data'],
  [/(^|_)(ip|remote_addr|user_agent|referer|referrer)$/, 'there is one for each caller, and it is personal data'],
  [/(^|_)(timestamp|time|date|now)$/, 'time does not repeat'],
  [
    /(^|_)(error_message|message|stack|stacktrace|exception|sql|statement|body)$/,
    'free text is different each time; use a code or a class of errors',
  ],
];

/**
 * Why a label of this name would have a value for each request, user or moment; undefined when nothing speaks for it.
 *
 * @see https://prometheus.io/docs/practices/naming/#labels
 *
 * @internal
 */
export function unboundedReason(label: string): string | undefined {
  return UNBOUNDED.find(([names]) => names.test(label))?.[1];
}
