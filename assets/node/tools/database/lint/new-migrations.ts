import { spawnSync } from 'node:child_process';
import { root } from '../service.js';

/** Which migrations nobody has reviewed yet, and how that was found out. */
export interface Novelty {
  readonly ids: readonly string[];
  /** Said when it is less than certain. */
  readonly remark: string | undefined;
}

/**
 * New is what the base branch does not have: the branch that DATABASE_CHECK_BASE names, that a pull request goes into,
 * or the main one. On that branch itself it is what the commit before does not have. In a clone without history it is the
 * newest migration, and without Git everything but the first, which made the schema.
 */
export function newMigrations(ids: readonly string[]): Novelty {
  const head = git('rev-parse', '--verify', '--quiet', 'HEAD');
  if (head === undefined) return { ids: ids.slice(1), remark: undefined };
  const base = baseOf(head);
  if (base !== undefined) return { ids: notIn(base, ids), remark: undefined };
  if (git('rev-parse', '--is-shallow-repository') !== 'true') return { ids: ids.slice(1), remark: undefined };
  const known = new Set(notIn(head, ids));
  const newest = ids.at(-1);
  return {
    ids: ids.filter((id) => known.has(id) || id === newest),
    remark:
      'This clone has no history to compare with, so only the newest migration is linted. Clone with the base branch (fetch-depth: 0), or name a commit in DATABASE_CHECK_BASE.',
  };
}

function baseOf(head: string): string | undefined {
  const named = [process.env['DATABASE_CHECK_BASE'], process.env['GITHUB_BASE_REF']].filter((ref) => ref);
  const candidates = [
    ...named.flatMap((ref) => [`origin/${ref}`, `${ref}`]),
    ...['origin/HEAD', 'origin/main', 'origin/master', 'main', 'master'],
  ];
  for (const candidate of candidates) {
    const base = git('merge-base', 'HEAD', candidate);
    if (base === undefined) continue;
    // A branch on which nothing is committed yet, or the base branch itself.
    return base !== head || isAnother(candidate) ? base : git('rev-parse', '--verify', '--quiet', 'HEAD^1');
  }
  return git('rev-parse', '--verify', '--quiet', 'HEAD^1');
}

/** Whether a branch is checked out, and that is not the one named. */
function isAnother(candidate: string): boolean {
  const branch = git('symbolic-ref', '--short', '--quiet', 'HEAD');
  const name = git('rev-parse', '--abbrev-ref', candidate) ?? candidate;
  return branch !== undefined && name !== branch && name !== `origin/${branch}`;
}

function notIn(commit: string, ids: readonly string[]): string[] {
  const listed = git('ls-tree', '--name-only', commit, 'prisma/migrations/') ?? '';
  const known = new Set(listed.split('\n').map((path) => path.split('/').at(-1)));
  return ids.filter((id) => !known.has(id));
}

/** What Git answers, or undefined when there is no Git, no repository or no answer. */
function git(...args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('git', ['-C', root, ...args], { encoding: 'utf8', timeout: 30_000 });
  const answer = status === 0 ? stdout.trim() : '';
  return answer === '' ? undefined : answer;
}
