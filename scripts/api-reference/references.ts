import type { Type, TypeReference } from '@jsii/spec';
import { quoted } from './text';

/** How a type is written: in code, and with a link where this page describes it. */
export class TypeReferences {
  private readonly names: ReadonlyMap<string, string>;

  constructor(
    private readonly assembly: string,
    types: readonly Type[],
  ) {
    this.names = new Map(types.map((type) => [type.fqn, type.name]));
  }

  public link(fqn: string): string {
    const name = this.names.get(fqn);
    if (name === undefined && fqn.startsWith(`${this.assembly}.`)) {
      throw new Error(`${fqn} is used in the API but not part of it`);
    }
    return name === undefined ? quoted(fqn) : anchored(name, name);
  }

  /** Turns `{@link Type.member}` of docstrings into links. */
  public linked(markdown: string): string {
    return markdown.replace(/\{@link ([\w.]+) ?\}/g, (_, target: string) => {
      const [type = ''] = target.split('.');
      return [...this.names.values()].includes(type) ? anchored(target, type) : quoted(target);
    });
  }

  public show(type: TypeReference): string {
    if ('fqn' in type) {
      return this.link(type.fqn);
    }
    if ('primitive' in type) {
      return quoted(type.primitive);
    }
    if ('collection' in type) {
      const element = this.show(type.collection.elementtype);
      return type.collection.kind === 'array' ? `${element} list` : `${element} by name`;
    }
    return ('union' in type ? type.union : type.intersection).types.map((member) => this.show(member)).join(' or ');
  }
}

/** GitHub makes the anchor of a heading from its text. */
function anchored(label: string, heading: string): string {
  return `[${quoted(label)}](#${heading.toLowerCase()})`;
}
