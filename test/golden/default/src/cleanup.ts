import { job } from './platform/index.js';
import { forgetKeysBefore } from './shared/idempotency.js';

const DAY = 24 * 60 * 60 * 1000;

await job('cleanup', async ({ log, resources: { prisma } }) => {
  const forgotten = await forgetKeysBefore(prisma, new Date(Date.now() - DAY));
  log.info({ forgotten }, 'forgot idempotency keys older than a day');
});
