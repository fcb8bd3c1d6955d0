export { openDriver } from './driver.postgresql.js';
