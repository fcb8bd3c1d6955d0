import { ConfigShape, type ConfigType, Duration } from '../service';

/**
 * How a value of this type is written, with its limits.
 */
export function writtenAs({ shape, constraints }: ConfigType): string {
  const { min, max, minLength, maxLength, pattern, values, schemes } = constraints;
  switch (shape) {
    case ConfigShape.STRING:
      return ['text', ...within(minLength, maxLength, ' characters'), ...(pattern ? [`like ${pattern}`] : [])].join(
        ', ',
      );
    case ConfigShape.BOOLEAN:
      return 'true or false';
    case ConfigShape.DURATION:
      return ['duration such as 30s', ...within(length(min), length(max))].join(', ');
    case ConfigShape.URL:
      return schemes === undefined ? 'url' : `url, ${schemes.map((scheme: string) => `${scheme}://`).join(' or ')}`;
    case ConfigShape.ENUMERATION:
      return `one of ${values.join(', ')}`;
    case ConfigShape.KEYS:
      return `keys of at least ${minLength ?? 32} characters, separated by commas`;
    case ConfigShape.LIST:
      return 'list, separated by commas';
    default:
      return [shape, ...within(min, max)].join(', ');
  }
}

function within(min: unknown, max: unknown, unit = ''): string[] {
  if (min === undefined && max === undefined) {
    return [];
  }
  if (min !== undefined && max !== undefined) {
    return [`${min} to ${max}${unit}`];
  }
  return [min === undefined ? `at most ${max}${unit}` : `at least ${min}${unit}`];
}

function length(millis: number | undefined): string | undefined {
  return millis === undefined ? undefined : String(Duration.millis(millis));
}
