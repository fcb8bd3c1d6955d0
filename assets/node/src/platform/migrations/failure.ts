/** A failure that a person can mend: its message says what is wrong, where, and what to do. Shown without a stack. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** Removes everything from a driver's message that could come from a connection string's credentials. */
export function withoutSecrets(message: string, url: string): string {
  const secrets = [url, ...credentials(url)].filter((secret) => secret.length > 2);
  return secrets
    .sort((a, b) => b.length - a.length)
    .reduce((text, secret) => text.replaceAll(secret, '[secret]'), message)
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1[secret]@');
}

function credentials(url: string): string[] {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/]*)@/i.exec(url)?.[1] ?? '';
  const password = authority.slice(authority.indexOf(':') + 1);
  if (!authority.includes(':') || password === '') return [];
  return [password, decode(password)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The text of anything thrown. An AggregateError (several refused addresses) has its text in its members. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(messageOf).join('; ');
  if (error instanceof Error) return error.message || error.name;
  return String(error);
}

/** The code a driver put on its error, such as `ECONNREFUSED` or `42501`. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' || typeof error.code === 'number' ? String(error.code) : undefined;
}
