import type { Facts } from './facts.js';
import { table } from './table.js';

/** What a variable is, and where that comes from. */
export interface Explained {
  readonly variable: string;
  /** As text; masked where it is a secret, empty where there is none. */
  readonly value: string;
  readonly from: string;
}

export function renderExplained(rows: readonly Explained[]): string {
  return table([
    ['variable', 'value', 'from'],
    ...rows.map(({ variable, value, from }) => [variable, shortened(value), from]),
  ]);
}

/** How every variable stands in every environment. */
export function renderMatrix({ environments, variables }: Facts): string {
  const columns = [...environments, 'test'];
  return table([
    ['variable', ...columns],
    ...variables.map(({ name, states }) => [name, ...columns.map((environment) => states[environment] ?? '')]),
  ]);
}

function shortened(text: string): string {
  const line = text.replaceAll('\n', '\\n');
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
