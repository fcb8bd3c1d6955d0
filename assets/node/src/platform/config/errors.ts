/** Everything that is wrong with a configuration, at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly environment: string;
  readonly summary: string;
  /** One sentence for each, with the way to mend it and without any secret. */
  readonly problems: readonly string[];
  /** Whether trying again may do: all that is wrong is that a store of secrets did not answer. */
  readonly isTransient: boolean;

  constructor(environment: string, problems: readonly string[], isTransient = false) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    const summary = `${count} in the configuration for ${environment}`;
    super(`${summary}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.environment = environment;
    this.summary = summary;
    this.problems = problems;
    this.isTransient = isTransient;
  }
}
