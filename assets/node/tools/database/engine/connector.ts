export { openConnector } from './connector.postgresql.js';
