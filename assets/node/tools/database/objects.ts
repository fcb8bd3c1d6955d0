export { objectsOf } from './objects.postgresql.js';
