export { findIn } from './dialect.postgresql.js';
