export { provider } from './provider.postgresql.js';
