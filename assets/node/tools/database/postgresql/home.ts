import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { codeOf, Failure } from '../../../src/platform/migrations/failure.js';
import { commandOf } from '../processes.js';
import { dataFolder, root } from '../service.js';
import { findNativePackage } from './binaries.js';
import { canReach, serverUser, type User } from './user.js';

/** Folders of a service's development server. */
export interface Home {
  /** What only the developer may read: state, leases, log. */
  readonly control: string;
  /** The server's data. */
  readonly cluster: string;
  /** Where the binaries go if those in node_modules cannot be used as they are. */
  readonly binaries: string;
  readonly binariesUsable: boolean;
  readonly user: User | undefined;
}

/** For root only, and only when the server's user cannot get into the service's own folder. */
const ELSEWHERE = '/var/lib/embedded-postgres';

export function prepareHome(): Home {
  const base = join(dataFolder, 'postgres');
  const control = join(base, 'control');
  const user = serverUser();
  try {
    const mode = user === undefined ? 0o700 : 0o711;
    for (const folder of [dataFolder, base, control]) mkdirSync(folder, { recursive: true });
    chmodSync(base, mode);
    chmodSync(control, 0o700);
  } catch (error) {
    throw new Failure(
      `${dataFolder} cannot be used (${codeOf(error)}). Does it belong to another user? Remove it, or change its owner.`,
    );
  }
  if (user === undefined) {
    return { control, cluster: join(base, 'cluster'), binaries: base, binariesUsable: true, user };
  }
  chmodSync(dataFolder, statSync(dataFolder).mode | 0o111);
  const binariesUsable = canReach(realpathSync(findNativePackage().folder));
  const reachable = canReach(realpathSync(root));
  const elsewhere = binariesUsable && reachable ? base : openElsewhere();
  const folder = reachable ? base : homeElsewhere(control, user);
  return { control, cluster: join(folder, 'cluster'), binaries: elsewhere, binariesUsable, user };
}

/** Below /var/lib nobody but root can put a trap; a shared temporary folder would be open to everyone. */
function openElsewhere(): string {
  try {
    mkdirSync(ELSEWHERE, { recursive: true, mode: 0o755 });
    chmodSync(ELSEWHERE, 0o755);
    return ELSEWHERE;
  } catch (error) {
    throw new Failure(
      `PostgreSQL runs as an ordinary user, who can neither get into ${root} nor into ${ELSEWHERE} (${codeOf(error)}). Move the project, work as an ordinary user, or set DATABASE_URL.`,
    );
  }
}

/** The folder's name is written down beside the service, so that removing `.data` starts over. */
function homeElsewhere(control: string, user: User): string {
  const note = join(control, 'elsewhere');
  if (!existsSync(note)) claim(note, user);
  const folder = readFileSync(note, 'utf8');
  if (!existsSync(folder)) {
    rmSync(note, { force: true });
    return homeElsewhere(control, user);
  }
  return folder;
}

function claim(note: string, user: User): void {
  removeAbandoned();
  const folder = mkdtempSync(join(openElsewhere(), 'service-'));
  writeFileSync(join(folder, 'service'), note, { mode: 0o600 });
  chmodSync(folder, 0o700);
  chownSync(folder, user.uid, user.gid);
  const draft = `${note}.${process.pid}`;
  writeFileSync(draft, folder);
  try {
    linkSync(draft, note);
  } catch {
    rmSync(folder, { recursive: true, force: true });
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Folders whose service is gone, or has started over. */
function removeAbandoned(): void {
  for (const name of readdirSync(openElsewhere()).filter((entry) => entry.startsWith('service-'))) {
    const folder = join(ELSEWHERE, name);
    const note = readOptional(join(folder, 'service'));
    if (note === undefined || readOptional(note) === folder || isServed(join(folder, 'cluster'))) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}

export function isServed(cluster: string): boolean {
  const pid = Number(readOptional(join(cluster, 'postmaster.pid'))?.split('\n')[0] ?? 0);
  return pid > 0 && commandOf(pid).includes(cluster);
}

export function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
