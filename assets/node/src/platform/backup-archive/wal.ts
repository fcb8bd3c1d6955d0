import { Failure } from '../backup/failure.js';

/**
 * Names and places in PostgreSQL's write-ahead log. A segment is called by its timeline and its number; a place (LSN) is an offset in
 * the whole log.
 *
 * @see https://www.postgresql.org/docs/current/wal-internals.html
 */
export interface Segment {
  readonly timeline: number;
  readonly number: number;
}

const SEGMENT = /^[0-9A-F]{24}$/;

export function isSegment(name: string): boolean {
  return SEGMENT.test(name);
}

export function isHistory(name: string): boolean {
  return /^[0-9A-F]{8}\.history$/.test(name);
}

export function segmentOf(name: string, segmentBytes: number): Segment {
  const [timeline = 0, high = 0, low = 0] = [0, 8, 16].map((at) => Number.parseInt(name.slice(at, at + 8), 16));
  return { timeline, number: high * segmentsPerFile(segmentBytes) + low };
}

export function nameOf({ timeline, number }: Segment, segmentBytes: number): string {
  const per = segmentsPerFile(segmentBytes);
  return [timeline, Math.floor(number / per), number % per]
    .map((part) => part.toString(16).toUpperCase().padStart(8, '0'))
    .join('');
}

/** `0/2774690` as a number. */
export function parseLsn(lsn: string): bigint {
  const [high = '', low = ''] = lsn.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

export function formatLsn(lsn: bigint): string {
  return `${(lsn >> 32n).toString(16)}/${(lsn & 0xffffffffn).toString(16)}`.toUpperCase();
}

export function numberAt(lsn: bigint, segmentBytes: number): number {
  return Number(lsn / BigInt(segmentBytes));
}

export function startOf(number: number, segmentBytes: number): bigint {
  return BigInt(number) * BigInt(segmentBytes);
}

/** Offsets in the header of a segment's first page. */
const PAGE_ADDRESS = 8;
const SYSTEM = 24;
const SEGMENT_BYTES = 32;

/**
 * Refuses what is not the segment that its name says. Encryption and compression find what was cut off or changed, and not what was
 * put in another's place.
 */
export function verifySegment(name: string, content: Buffer, system: string, segmentBytes: number): void {
  const expected = startOf(segmentOf(name, segmentBytes).number, segmentBytes);
  const isIt =
    content.length === segmentBytes &&
    content.readBigUInt64LE(PAGE_ADDRESS) === expected &&
    content.readBigUInt64LE(SYSTEM).toString() === system &&
    content.readUInt32LE(SEGMENT_BYTES) === segmentBytes;
  if (!isIt) throw new Failure(`Segment ${name} of the archive is not what its name says: it is damaged or swapped.`);
}

function segmentsPerFile(segmentBytes: number): number {
  return 0x1_0000_0000 / segmentBytes;
}
