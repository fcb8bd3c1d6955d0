import type { DatabaseObject } from './objects-interface.js';

type Kind = DatabaseObject['kind'];

/** What Prisma's engine sees in part: left to it first. */
const HALF_SEEN: readonly Kind[] = ['index', 'default'];

/** What others are made of: there before them, and gone after them. */
const FOUNDATIONS: readonly Kind[] = ['extension', 'function'];

/** Statements around the engine's own, for what it does not see. */
export interface Surroundings {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * What leads from the objects that are there to those that should be.
 *
 * @param rebuilt whether tables are made anew or columns change their type, which views and triggers are in the way of
 */
export function surroundingsOf(
  present: readonly DatabaseObject[],
  wanted: readonly DatabaseObject[],
  rebuilt: boolean,
): Surroundings {
  const moves = ({ kind }: DatabaseObject) => rebuilt && (kind === 'view' || kind === 'trigger');
  const extra = present.filter((object) => isUnseen(object) && (moves(object) || !has(wanted, object)));
  const missing = wanted.filter((object) => isUnseen(object) && (moves(object) || !has(present, object)));
  const foundation = ({ kind }: DatabaseObject) => FOUNDATIONS.includes(kind);
  const replaced = ({ kind, name }: DatabaseObject) =>
    kind === 'function' && missing.some((other) => other.kind === kind && other.name === name);
  return {
    before: [
      ...extra
        .filter((object) => !foundation(object))
        .reverse()
        .map(({ drop }) => drop),
      ...missing.filter(foundation).map(({ create }) => create),
    ],
    after: [
      ...extra
        .filter((object) => foundation(object) && !replaced(object))
        .reverse()
        .map(({ drop }) => drop),
      ...missing.filter((object) => !foundation(object)).map(({ create }) => create),
    ],
  };
}

/** What is still different once everything else was undone, such as a default that is spelled in another way. */
export function residueOf(present: readonly DatabaseObject[], wanted: readonly DatabaseObject[]): string[] {
  const half = ({ kind }: DatabaseObject) => HALF_SEEN.includes(kind);
  const extra = present.filter((object) => half(object) && !has(wanted, object));
  const missing = wanted.filter((object) => half(object) && !has(present, object));
  return [...extra.map(({ drop }) => drop), ...missing.map(({ create }) => create)];
}

function isUnseen({ kind }: DatabaseObject): boolean {
  return !HALF_SEEN.includes(kind);
}

function has(objects: readonly DatabaseObject[], { kind, name, definition }: DatabaseObject): boolean {
  return objects.some((other) => other.kind === kind && other.name === name && other.definition === definition);
}
