import type { ClassType, EnumType, InterfaceType, Method, Parameter, Property } from '@jsii/spec';
import type { TypeReferences } from './references';
import { entry, quoted, text } from './text';

export const byName = (one: { name: string }, other: { name: string }): number => (one.name < other.name ? -1 : 1);

export function enumerationMembers(type: EnumType): string[] {
  return type.members.map((member) => entry(quoted(member.name), text(member.docs)));
}

/** A type's own members, in the order of the source. An overridden member is described where it is declared first. */
export function typeMembers(type: ClassType | InterfaceType, references: TypeReferences): string[] {
  const declared = [
    ...(type.methods ?? []).map((method) => ({ ...method, line: renderMethod(type, method, references) })),
    ...(type.properties ?? []).map((property) => ({ ...property, line: renderProperty(type, property, references) })),
  ]
    .filter((member) => member.overrides === undefined)
    .sort((one, other) => one.locationInModule!.line - other.locationInModule!.line)
    .map((member) => member.line);
  return [...constructorOf(type, references), ...declared];
}

function constructorOf(type: ClassType | InterfaceType, references: TypeReferences): string[] {
  if (type.kind !== 'class' || type.initializer === undefined) {
    return [];
  }
  const { docs, parameters = [], protected: inner } = type.initializer;
  const title = `${inner ? 'protected ' : ''}new ${type.name}(${names(parameters)})`;
  return [entry(quoted(title), text(docs), list(parameters, references))];
}

function renderMethod(type: ClassType | InterfaceType, method: Method, references: TypeReferences): string {
  const title = `${prefix(type, method)}${method.name}(${names(method.parameters)})`;
  const returns =
    method.returns && ` → ${references.show(method.returns.type)}${method.returns.optional ? ' or nothing' : ''}`;
  return entry(`${quoted(title)}${returns ?? ''}`, text(method.docs), list(method.parameters, references));
}

function renderProperty(type: ClassType | InterfaceType, property: Property, references: TypeReferences): string {
  const title = `${prefix(type, property)}${property.name}${property.optional ? '?' : ''}`;
  return entry(`${quoted(title)} (${references.show(property.type)})`, text(property.docs));
}

function prefix(type: ClassType | InterfaceType, member: Method | Property): string {
  return `${member.protected ? 'protected ' : ''}${member.static ? `${type.name}.` : ''}`;
}

function names(parameters: readonly Parameter[] = []): string {
  return parameters
    .map(({ name, optional, variadic }) => `${variadic ? '...' : ''}${name}${optional ? '?' : ''}`)
    .join(', ');
}

function list(parameters: readonly Parameter[] = [], references: TypeReferences): string {
  return parameters
    .map(({ name, type, docs }) => entry(`${quoted(name)} (${references.show(type)})`, text(docs)))
    .join('\n');
}
