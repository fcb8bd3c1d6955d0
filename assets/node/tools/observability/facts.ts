import { readFileSync } from 'node:fs';

/** What `.projenrc.ts` says about alerting, as `npx projen` writes it to `facts.json` beside this file. */
export interface Facts {
  /** What each environment lacks before its alerts reach anybody. */
  readonly missing: Readonly<Record<string, readonly string[]>>;
  /** Which receiver hears of which alert. */
  readonly routes: readonly Route[];
  /** The objectives about one route of the app. */
  readonly objectives: readonly RouteObjective[];
  /** What `.env.dev` tells the development server; its environment may say otherwise. */
  readonly dev: DevelopmentServer;
}

export interface DevelopmentServer {
  /** The collector that it sends to, where one is declared. */
  readonly collector?: string;
  /** Where it listens, where that is declared. */
  readonly host?: string;
  /** The port that it is measured on. */
  readonly managementPort: number;
}

export interface Route {
  readonly labels: Readonly<Record<string, string>>;
  readonly receiver: string;
}

export interface RouteObjective {
  readonly name: string;
  /** Such as `POST /orders`. */
  readonly route: string;
}

export function readFacts(): Facts {
  return JSON.parse(readFileSync(new URL('facts.json', import.meta.url), 'utf8'));
}
