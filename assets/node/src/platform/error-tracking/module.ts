import type { PlatformModule } from '../app/module.js';
import type { Secret } from '../config/secret.js';
import { EventMetrics } from './metrics.js';

/** What error tracking reads of the configuration. */
export interface ErrorTrackingConfig {
  readonly environment: string;
  /** Where errors are sent; without it nobody is told, and nothing is loaded. */
  readonly sentryDsn?: Secret | undefined;
}

/** The module that tells Sentry of each error that the log tells of. */
export const errorTracking: PlatformModule<'errorTracking', undefined, ErrorTrackingConfig> = {
  name: 'errorTracking',
  open: async ({ service, version, config, metrics, onError, mask }) => {
    const events = new EventMetrics(metrics);
    const dsn = config.sentryDsn?.reveal();
    if (dsn === undefined) return { resource: undefined, checks: [], close: async () => {} };
    const { Sentry } = await import('./sentry.js');
    const release = `${service}@${version}`;
    const sentry = new Sentry({ dsn, release, environment: config.environment, mask, events });
    onError((error, line) => sentry.capture(error, line));
    return { resource: undefined, checks: [], close: () => sentry.close() };
  },
};
