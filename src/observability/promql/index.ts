export { Analysis } from './analysis';
export type { Finding } from './finding';
export { SeriesIndex } from './series';
