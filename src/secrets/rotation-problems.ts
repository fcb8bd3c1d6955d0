import { RotationMethod, type Service, type ServiceProblem } from '../service';
import { rotatedDatabase } from './rotated-database';

/**
 * Logins that cannot take turns, because the database is none whose logins can.
 */
export function rotationProblems(service: Service): ServiceProblem[] {
  return service.configVariables
    .filter((variable) => variable.rotation?.method === RotationMethod.DATABASE_LOGIN)
    .filter((variable) => rotatedDatabase(variable) === undefined)
    .map(({ place }) => ({
      place,
      message: 'rotates by two logins that take turns, which is for URLs of PostgreSQL, MySQL and MariaDB only',
      fix: "give it the type ConfigType.url({ schemes: ['postgresql'] }) or ['mysql'], or Rotation.manual()",
    }));
}
