import { STATUS_CODES } from 'node:http';

export interface ProblemOptions {
  /** A URI that names the kind of problem. @default 'about:blank' */
  readonly type?: string;
  /** The same for every problem of the kind. @default - the status's own phrase */
  readonly title?: string;
  /** What is wrong this time, for the client to read. */
  readonly detail?: string;
  /** Response headers, such as Retry-After. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What made it happen; logged, never sent. */
  readonly cause?: unknown;
  /** Extension members of the document. */
  readonly [extension: string]: unknown;
}

/** An error that says what the client is told: thrown in a route, it is sent as an RFC 9457 problem document. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(status: number, options: ProblemOptions = {}) {
    const {
      type = 'about:blank',
      title = STATUS_CODES[status] ?? 'Error',
      detail,
      headers = {},
      cause,
      ...extensions
    } = options;
    super(detail ?? title, cause === undefined ? undefined : { cause });
    this.status = status;
    this.type = type;
    this.title = title;
    this.detail = detail;
    this.headers = headers;
    this.extensions = extensions;
  }

  toJSON(): Record<string, unknown> {
    return { type: this.type, title: this.title, status: this.status, detail: this.detail, ...this.extensions };
  }
}

export const badRequest = (detail: string, options?: ProblemOptions) => new Problem(400, { ...options, detail });
export const unauthorized = (detail: string, options?: ProblemOptions) => new Problem(401, { ...options, detail });
export const forbidden = (detail: string, options?: ProblemOptions) => new Problem(403, { ...options, detail });
export const notFound = (detail: string, options?: ProblemOptions) => new Problem(404, { ...options, detail });
export const conflict = (detail: string, options?: ProblemOptions) => new Problem(409, { ...options, detail });
export const preconditionFailed = (detail: string, options?: ProblemOptions) =>
  new Problem(412, { ...options, detail });
export const unprocessable = (detail: string, options?: ProblemOptions) => new Problem(422, { ...options, detail });
export const tooManyRequests = (detail: string, options?: ProblemOptions) => new Problem(429, { ...options, detail });

/** Something the service needs is not there for now; `retryAfter` is in seconds. */
export const unavailable = (
  detail: string,
  { retryAfter = 1, ...options }: ProblemOptions & { retryAfter?: number } = {},
) => new Problem(503, { ...options, detail, headers: { 'retry-after': String(retryAfter), ...options.headers } });
