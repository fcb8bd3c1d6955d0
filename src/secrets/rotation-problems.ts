import { RotationMethod, type Service, type ServiceProblem } from '../service';

/**
 * Logins that cannot take turns, because the database is none whose logins can.
 */
export function rotationProblems(service: Service): ServiceProblem[] {
  return service.configVariables
    .filter(({ rotation, type }) => {
      const schemes: string[] = type.constraints.schemes ?? [];
      return rotation?.method === RotationMethod.DATABASE_LOGIN && !schemes.some((scheme) => /^postgres/.test(scheme));
    })
    .map(({ place }) => ({
      place,
      message: 'rotates by two logins that take turns, which is for URLs of PostgreSQL only',
      fix: "give it the type ConfigType.url({ schemes: ['postgresql'] }), or Rotation.manual()",
    }));
}
