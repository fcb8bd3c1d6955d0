import type { FillRequired } from './required-interface.js';

/** The server gives every type a value of its own. */
export const fillRequired: FillRequired = (sql) => ({ sql, losses: [] });
