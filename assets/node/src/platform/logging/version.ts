import { readFileSync } from 'node:fs';

/** The version in the service's package.json, three folders above both src/platform/app and dist/platform/app. */
export function packageVersion(): string {
  try {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
      version?: unknown;
    };
    return typeof version === 'string' ? version : 'unknown';
  } catch {
    return 'unknown';
  }
}
