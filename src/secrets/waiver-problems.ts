import { SecretRule, type Service, type ServiceProblem } from '../service';

/**
 * Exceptions from the rules about secrets that except nothing.
 */
export function waiverProblems(service: Service): ServiceProblem[] {
  const rules: string[] = Object.values(SecretRule);
  const secrets = service.configVariables.filter(({ secret }) => secret).map(({ name }) => name);
  return service.waivers
    .filter(({ rule, subject }) => rules.includes(rule) && !secrets.includes(subject))
    .map(({ place, subject }) => ({
      place,
      message: 'excepts something that is no secret config variable',
      value: subject,
      fix: secrets.length === 0 ? 'drop it' : `name one of ${secrets.join(', ')}, or drop it`,
    }));
}
