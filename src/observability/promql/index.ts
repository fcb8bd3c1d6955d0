export { Analysis } from './analysis';
export type { Finding } from './finding';
export { nearest } from './nearest';
export { SeriesIndex } from './series';
