import { Failure } from '../../../src/platform/migrations/failure.js';
import type { Connector, ConnectorOptions } from './connector-interface.js';

/** Prisma's engine has no MySQL connector in its WebAssembly build. */
export function openConnector(_options: ConnectorOptions): Connector {
  throw new Failure(
    'Making migrations for MySQL and MariaDB needs Prisma\'s native schema engine, which npm does not have: run "npx prisma migrate diff" where binaries.prisma.sh can be reached. Applying, undoing and status of migrations that exist, generate and seed work without it.',
  );
}
