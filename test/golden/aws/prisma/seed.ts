import { job } from '../src/platform/index.js';

/** Development data: adds what is missing and leaves alone what is there, so that it can run as often as you like. */
await job('seed', async ({ log }) => {
  log.info('nothing to seed yet');
});
