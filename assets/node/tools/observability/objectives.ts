import { spawnSync } from 'node:child_process';
import { nearest } from '../../src/platform/config/nearest.js';
import type { Finding } from './command.js';
import type { Facts } from './facts.js';

const NOT_CHECKED = 'The routes of objectives: not checked, because the app cannot be built';
/** Milliseconds that building the app may take. */
const PATIENCE = 60_000;

/** Objectives about routes that the app does not have: they would be kept for ever, since nothing is measured. */
export function checkObjectives(objectives: Facts['objectives']): Finding[] {
  if (objectives.length === 0) return [];
  const built = builtRoutes();
  if ('output' in built) return [{ what: NOT_CHECKED, output: built.output }];
  return objectives.flatMap(({ name, route }) =>
    built.routes.includes(route) ? [] : [missing(name, route, built.routes)],
  );
}

function missing(objective: string, route: string, routes: readonly string[]): Finding {
  const meant = nearest(route, routes);
  return {
    what: `The objective ${objective} is about ${route}, which is no route of the app${meant === undefined ? '' : `. Did you mean ${meant}?`}`,
    output: meant === undefined ? `It has ${routes.join(', ')}.` : '',
  };
}

/** The app is built in a process of its own, which whatever it leaves running ends with. */
function builtRoutes(): { readonly routes: readonly string[] } | { readonly output: string } {
  const program = new URL('print-routes.ts', import.meta.url).pathname;
  const { status, stdout, stderr, output, error } = spawnSync(process.execPath, ['--import', 'tsx', program], {
    env: { ...process.env, APP_ENV: 'test' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    timeout: PATIENCE,
  });
  if (status === 0) return { routes: JSON.parse(output[3] ?? '') as string[] };
  return { output: error?.message ?? `${stdout}${stderr}`.trim() };
}
