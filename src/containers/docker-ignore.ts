import type { NodeRuntime } from '../runtime/node';

/**
 * Prints `.dockerignore`: nothing is sent to the builder but what the build reads, so that a new file stays out until it is named.
 */
export function renderDockerIgnore(runtime: NodeRuntime): string {
  const read = [
    ...['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', '.projen/tasks.json'],
    ...['src', 'tools', ...runtime.buildFiles],
  ];
  return [
    '# Nothing is sent to the builder …',
    '*',
    '',
    '# … but what the build reads …',
    ...[...new Set(read)].sort().map((path) => `!${path}`),
    '',
    '# … and of that nothing that is a secret, a test, data, or made by the build itself.',
    ...NEVER,
    ...runtime.generatedFolders,
  ].join('\n');
}

const NEVER = [
  '**/.env*',
  '**/.git*',
  '**/.npmrc',
  '**/*.key',
  '**/*.pem',
  '**/*.p12',
  '**/*.pfx',
  '**/*.jks',
  '**/*.db',
  '**/*.test.ts',
  '**/node_modules',
];
