export { fillRequired } from './required.postgresql.js';
