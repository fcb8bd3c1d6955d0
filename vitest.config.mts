import { defineConfig } from 'vitest/config';

const minutes = (count: number) => count * 60_000;

/** One project per kind of test: `unit` needs npm only, the others need what their task in `.projenrc.ts` brings along. */
export default defineConfig({
  test: {
    projects: [
      project('unit', {
        exclude: ['test/{cluster,field,field-observability,golden,image,live,live-observability,packaging}/**'],
        testTimeout: minutes(1),
      }),
      project('observability', { include: ['test/field-observability/**/*.test.ts'], testTimeout: minutes(5) }),
      project('field', {
        include: ['test/field/**/*.test.ts'],
        exclude: ['test/field/kubernetes/**'],
        testTimeout: minutes(2),
      }),
      project('kubernetes', { include: ['test/field/kubernetes/*.test.ts'], testTimeout: minutes(2) }),
      project('cluster', {
        include: ['test/cluster/**/*.test.ts'],
        globalSetup: ['test/cluster/support/global-setup.ts'],
        testTimeout: minutes(2),
        hookTimeout: minutes(5),
      }),
      project('packaging', { include: ['test/packaging/**/*.test.ts'], testTimeout: minutes(10) }),
      project('image', {
        include: ['test/image/**/*.test.ts'],
        globalSetup: ['test/image/support/global-setup.ts'],
        testTimeout: minutes(3),
        hookTimeout: minutes(5),
        fileParallelism: false,
      }),
      project('live-observability', {
        include: ['test/live-observability/**/*.test.ts'],
        testTimeout: minutes(5),
        hookTimeout: minutes(5),
      }),
      // Live tests start servers and databases: one file at a time keeps their timings honest.
      project('live', {
        include: ['test/live/**/*.test.ts'],
        globalSetup: ['test/live/support/global-setup.ts'],
        testTimeout: minutes(5),
        hookTimeout: minutes(5),
        fileParallelism: false,
      }),
    ],
  },
});

function project(name: string, test: Record<string, unknown> & { testTimeout: number }) {
  return { test: { name, include: ['test/**/*.test.ts'], hookTimeout: test.testTimeout, ...test } };
}
