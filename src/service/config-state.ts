/**
 * How a config variable stands in an environment.
 */
export enum ConfigState {
  /** The environment has a value of its own. */
  SET = 'set',
  /** The default applies. */
  DEFAULTED = 'defaulted',
  /** Something outside our files brings it: a secret store, the platform, the embedded database. */
  REFERENCED = 'referenced',
  /** It has no value, and the service can do without. */
  ABSENT = 'absent',
  /** It has no value, and the service cannot start without: the environment is not configured yet. */
  MISSING = 'missing',
}
