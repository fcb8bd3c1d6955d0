export { assertDifferent } from './shadow.postgresql.js';
