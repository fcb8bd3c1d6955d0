import * as z from 'zod';

const notACursor = 'Not a cursor of this API: follow `next` of the page before';

/** Ids are version 7 UUIDs, so "the rows before this id" is a position that no insert or delete can shift. */
const Cursor = z.codec(z.base64url(notACursor), z.uuidv7(notACursor), {
  decode: (text) => Buffer.from(text, 'base64url').toString(),
  encode: (id) => Buffer.from(id).toString('base64url'),
});

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('How many items at most.'),
  cursor: Cursor.optional().describe('Where to go on; comes from `next` of the page before.'),
});

interface Page<Item> {
  items: Item[];
  next: string | null;
}

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item).describe('Newest first.'),
    next: z.string().nullable().describe('Path of the next page, null on the last one.'),
  });
}

interface PageRequest {
  url: string;
  query: z.output<typeof PageQuery>;
}

interface Window {
  where: { id?: { lt: string } };
  orderBy: { id: 'desc' };
  take: number;
}

/** One page of what `find` finds within a window of ids. It looks one row ahead to know whether there is a next page. */
export async function paginate<Row extends { id: string }>(
  { url, query: { limit, cursor } }: PageRequest,
  find: (window: Window) => Promise<Row[]>,
): Promise<Page<Row>> {
  const rows = await find({ where: cursor ? { id: { lt: cursor } } : {}, orderBy: { id: 'desc' }, take: limit + 1 });
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last && rows.length > limit ? withCursor(url, last.id) : null };
}

function withCursor(url: string, id: string): string {
  const next = new URL(url, 'http://localhost');
  next.searchParams.set('cursor', z.encode(Cursor, id));
  return `${next.pathname}${next.search}`;
}
