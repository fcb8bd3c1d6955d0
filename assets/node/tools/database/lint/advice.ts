import type { Advice } from './finding.js';

/** What there is to say, whoever found it. */

export const DROPPED: Advice = {
  rule: 'data-loss',
  why: 'What is in it is gone for good, and the previous release, which still runs during a rollout, reads it.',
  how: 'Expand and contract: release a version that no longer uses it (@ignore in the models), keep a copy if anyone may ask, and drop it in a later release with a waiver that says so.',
};

export const EMPTIED: Advice = {
  rule: 'data-loss',
  why: 'The rows are gone for good; no way back has them.',
  how: 'Delete in a job of the service, in batches and by a condition that can be reviewed, after a backup.',
};

export const MARKED_LOSSY: Advice = {
  rule: 'data-loss',
  why: 'The file says itself what it loses.',
  how: 'Expand and contract: add what is new beside the old, copy the rows in a job, switch, and remove the old in a later release.',
};

export const RENAMED: Advice = {
  rule: 'incompatible',
  why: 'The previous release, which still runs during a rollout, asks for the old name and fails.',
  how: 'Keep the name in the database and rename in the models only (@map, @@map). Or expand and contract: add the new one, write both, copy, read the new one, drop the old one two releases later.',
};

export const REQUIRED: Advice = {
  rule: 'incompatible',
  why: 'The previous release, which still runs during a rollout, inserts rows without it and fails; so does the migration itself if the table has rows.',
  how: 'Add it optional or with @default, fill the rows that are there, and require it in a later release.',
};

export const OPTIONAL: Advice = {
  rule: 'incompatible',
  hint: true,
  why: 'The previous release, which still runs during a rollout, does not expect to read NULL.',
  how: 'Write no NULL before every replica runs a release that can read it.',
};

export const NEW_VALUE: Advice = {
  rule: 'incompatible',
  hint: true,
  why: 'The previous release, which still runs during a rollout, fails on rows that have a value it does not know.',
  how: 'Release the value first, and write it with the release after that.',
};

export const REWRITTEN: Advice = {
  rule: 'locking',
  why: 'The whole table is rewritten, and nobody can read or write it meanwhile.',
  how: 'Expand and contract: add a new column, copy in batches, switch, drop the old one. Where nothing is rewritten (VARCHAR made longer, or into TEXT), waive it and say so.',
};

export const SCANNED: Advice = {
  rule: 'locking',
  why: 'The whole table is read to check the rows that are there, and nobody can write to it meanwhile.',
  how: 'Add the constraint NOT VALID, which checks new rows only, and VALIDATE CONSTRAINT in a migration of its own, which locks nobody out.',
};

export const SCANNED_BY_PRISMA: Advice = { ...SCANNED, hint: true };

export const INDEXED: Advice = {
  rule: 'locking',
  hint: true,
  why: 'Nobody can write to the table while the index is built, which takes seconds for each million rows.',
  how: 'On a large table, give the index a migration of its own that begins with "-- migration: no-transaction", and say CREATE INDEX CONCURRENTLY.',
};

export const UPDATED: Advice = {
  rule: 'locking',
  why: 'Every row is locked until the migration ends, so writers wait and the table grows to twice its size.',
  how: 'Fill rows in a job of the service, in batches; or update only the rows that need it, with a WHERE.',
};

export const NO_WAY_BACK: Advice = {
  rule: 'irreversible',
  why: 'A release that has to go back cannot take its schema with it.',
  how: 'Write prisma/migrations/<id>/down.sql, or let db:backfill-down write it. Where there is none, waive it with the reason.',
};

export const EMPTY_WAY_BACK: Advice = {
  rule: 'irreversible',
  why: 'The way back has no statement, so what the migration did stays after a rollback.',
  how: 'Undo it in down.sql. If it may stay, waive it with the reason.',
};

export const SILENT_LOSS: Advice = {
  rule: 'irreversible',
  why: 'The way back removes data and does not say so, so db:rollback would run it without asking.',
  how: 'Begin down.sql with the line "-- migration: lossy" and say in comments below what it loses.',
};

export const TIGHTENED: Advice = {
  rule: 'incompatible',
  why: 'The previous release, which still runs during a rollout, may write NULL and fails. The whole table is read meanwhile, and nobody can use it.',
  how: 'Write no NULL from this release on and fill the rows that have it; require it in a later release. On a large table first add CHECK (… IS NOT NULL) NOT VALID and validate it.',
};

export const UNREADABLE: Advice = {
  rule: 'locking',
  hint: true,
  why: 'squawk cannot read this statement, so nobody checked it.',
  how: 'Look at it yourself: what does it lock, and what does it lose?',
};

export const VALUES_REMOVED: Advice = {
  rule: 'data-loss',
  why: 'Values of the enum are removed. Rows that have one stop the migration, and the previous release still writes them.',
  how: 'Stop writing the value in one release, change the rows that have it, and remove it in a later one.',
};

export const WAITS_IN_TRANSACTION: Advice = {
  rule: 'locking',
  why: 'PostgreSQL refuses CONCURRENTLY inside of a transaction, and a migration of several statements is one.',
  how: 'Give the statement a migration of its own that begins with "-- migration: no-transaction".',
};

export const EXCLUSIVE: Advice = {
  rule: 'locking',
  why: 'Nobody can read or write the table while this works through all of it.',
  how: 'Use the form that works beside the readers: CONCURRENTLY in a migration of its own, an index first and the constraint USING INDEX, or pg_repack.',
};
