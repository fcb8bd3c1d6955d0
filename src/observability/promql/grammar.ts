import { createRequire } from 'node:module';
import type { Parser, SyntaxNode } from '@lezer/common';

// The package is CommonJS behind types that say otherwise.
const { parser } = createRequire(__filename)('@prometheus-io/lezer-promql') as { parser: Parser };

/** A node of a parsed expression. */
export type Node = SyntaxNode;

const parsed = new Map<string, Node>();

/** The tree of a PromQL expression; what does not parse is in it as nodes of type error. The same one is asked for several times. */
export function parse(expression: string): Node {
  const tree = parsed.get(expression) ?? parser.parse(expression).topNode;
  parsed.set(expression, tree);
  return tree;
}

export function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    children.push(child);
  }
  return children;
}

export function firstError(node: Node): Node | undefined {
  if (node.type.isError) {
    return node;
  }
  for (const child of childrenOf(node)) {
    const error = firstError(child);
    if (error !== undefined) {
      return error;
    }
  }
  return undefined;
}
