import type { DatabaseLogins } from './secrets/rotation.js';
import type { Stores } from './secrets/store.js';

/** In a service this file is printed from the stores that `.projenrc.ts` chooses; here there are none. */
export const stores: Stores = {};

/** Where `secrets:rotate` makes passwords of databases; in a service without one it has none to make. */
export const databaseLogins: readonly DatabaseLogins[] = [];
