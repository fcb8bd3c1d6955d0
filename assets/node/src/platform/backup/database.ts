export { database } from './database.postgresql.js';
