export { driver } from './driver.postgresql.js';
