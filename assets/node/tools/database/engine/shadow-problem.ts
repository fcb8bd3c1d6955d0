import { Failure } from '../../../src/platform/migrations/failure.js';

/** Whatever two URLs look like, what counts is the database they lead to: a shadow database is emptied. */
export function sameDatabase(name: string): Failure {
  return new Failure(
    `The shadow database is the main one (${name}) and would be emptied. Name another in SHADOW_DATABASE_URL.`,
  );
}
