/** Where a secret is: a name or an ARN, and the member of the JSON object there, if it is not the whole text. */
export interface Place {
  readonly id: string;
  readonly property?: string;
}

/** By config variable. */
export type PlacesByVariable = Readonly<Record<string, Place>>;

/** The places as messages show them. */
export function placeNames(places: PlacesByVariable): Record<string, string> {
  return Object.fromEntries(
    Object.entries(places).map(([variable, { id, property }]) => [
      variable,
      property === undefined ? id : `${id}#${property}`,
    ]),
  );
}

/** The text of one variable in what its secret holds, or why there is none. Never quotes what is there. */
export function textAt(text: string, { property }: Place): string | Error | undefined {
  if (property === undefined) return text;
  let members: unknown;
  try {
    members = JSON.parse(text);
  } catch {
    return new Error(`it is no JSON, so it has no member "${property}"`);
  }
  if (typeof members !== 'object' || members === null || !Object.hasOwn(members, property)) return undefined;
  const value = (members as Readonly<Record<string, unknown>>)[property];
  return typeof value === 'string' ? value : JSON.stringify(value);
}
