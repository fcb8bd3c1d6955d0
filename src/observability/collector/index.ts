export * from './backend';
export type { CollectorOptions } from './options';
export type { TailSamplingOptions } from './tail-sampling';
