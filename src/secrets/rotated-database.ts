import { type ConfigVariable, RotationMethod } from '../service';

const DATABASES: Record<string, RegExp> = { mysql: /^(mysql|mariadb)$/, postgresql: /^postgres(ql)?$/ };

/** The kind of database whose logins take turns behind a variable; undefined where none do, or none can. */
export function rotatedDatabase({ rotation, type }: ConfigVariable): string | undefined {
  const schemes: string[] = type.constraints.schemes ?? [];
  return rotation?.method === RotationMethod.DATABASE_LOGIN
    ? Object.keys(DATABASES).find((name) => schemes.some((scheme) => DATABASES[name]!.test(scheme)))
    : undefined;
}
