import { writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Declarations, placed } from '../../src/platform/config/declaration.js';
import { standIns } from './stand-ins.js';

/** What a caller reads from; standard output is the app's own. */
const ANSWER = 3;

interface RouteOptions {
  readonly method: string | readonly string[];
  readonly url: string;
}

/** As much of an app as this needs to know. */
interface App {
  addHook(name: 'onRoute', hook: (route: RouteOptions) => void): void;
}

type Plugin = (app: App, options: unknown) => unknown;

interface Service {
  readonly buildApp: (plugin: Plugin, options: { config: unknown }) => Promise<unknown>;
  readonly loadConfig: (source: { environment: string; env: NodeJS.ProcessEnv }) => Promise<unknown>;
}

const routes = new Set<string>();
const { app } = await load<{ app: Plugin }>('src/app.ts');
const { buildApp, loadConfig } = await load<Service>('src/platform/index.ts');
const { declarations } = await load<{ declarations: Declarations }>('src/platform/config.ts');
const all = placed(declarations).map(({ declaration }) => declaration);

await buildApp(
  async (instance, options) => {
    instance.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) routes.add(`${each} ${url}`);
    });
    await app(instance, options);
  },
  // It listens to nobody and is asked for nothing, so nobody reads what stands in.
  { config: await loadConfig({ environment: 'test', env: { ...standIns(all), ...process.env } }) },
);
writeSync(ANSWER, JSON.stringify([...routes].sort()));
process.exit(0);

/** A module of the service; not typed, because a project may have observability and no app. */
async function load<T>(path: string): Promise<T> {
  return (await import(pathToFileURL(resolve(path)).href)) as T;
}
