export { connect, databaseOf, environmentOf, placeOf, withClient } from './libpq.postgresql.js';
