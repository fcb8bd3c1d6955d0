import { access, constants } from 'node:fs/promises';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import { fileOf } from '../sqlite-url/file.js';
import type { OpenDriver } from './types.js';

/** A file has no connections to lose. */
export const openDriver: OpenDriver = (config) => {
  const file = fileOf(config.databaseUrl.reveal());
  return {
    adapter: new PrismaLibSql({ url: `file:${file}`, timeout: config.databaseStatementTimeout }),
    ping: () => access(file, constants.R_OK | constants.W_OK),
    close: async () => undefined,
  };
};
