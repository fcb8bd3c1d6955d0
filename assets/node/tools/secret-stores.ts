import type { Stores } from './secrets/store.js';

/** In a service this file is printed from the stores that `.projenrc.ts` chooses; here there are none. */
export const stores: Stores = {};
