import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { childrenOf, type Node, parse } from '../../src/observability/promql/grammar';

/** A query, and what it belongs to. */
export type Subject = readonly [name: string, expr: string];

function nodesOf(node: Node, name: string): Node[] {
  return [...(node.name === name ? [node] : []), ...childrenOf(node).flatMap((child) => nodesOf(child, name))];
}

/** What a query asks about, without what it asks. */
export function selectorsOf(expr: string): string[] {
  return nodesOf(parse(expr), 'VectorSelector').map(({ from, to }) => expr.slice(from, to));
}

/** The metrics that a query names. */
export function namesOf(expr: string): string[] {
  return selectorsOf(expr).map((selector) => selector.split('{', 1)[0]!);
}

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
}

/** Every rule of a service, by the name of what it records or of its alert. */
export function rulesOf(path: string): { recorded: Subject[]; alerts: Subject[] } {
  const rules = readdirSync(path).flatMap((file) => {
    const { groups } = parseYaml(readFileSync(join(path, file), 'utf8')) as { groups: Array<{ rules: Rule[] }> };
    return groups.flatMap((group) => group.rules);
  });
  return {
    recorded: rules.flatMap(({ record, expr }) => (record === undefined ? [] : [[record, expr] as const])),
    alerts: rules.flatMap(({ alert, expr }) => (alert === undefined ? [] : [[alert, expr] as const])),
  };
}

interface PanelJson {
  readonly title?: string;
  readonly targets?: ReadonlyArray<{ readonly expr?: string }>;
  readonly panels?: readonly PanelJson[];
}

/** Every query of every panel, by the title of its panel. */
export function panelsOf(path: string): Subject[] {
  const below = ({ title = '', targets = [], panels = [] }: PanelJson): Subject[] => [
    ...targets.flatMap(({ expr }) => (expr === undefined ? [] : [[title, expr] as const])),
    ...panels.flatMap(below),
  ];
  return readdirSync(path).flatMap((file) => below(JSON.parse(readFileSync(join(path, file), 'utf8'))));
}
