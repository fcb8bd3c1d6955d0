import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './failure.js';

/** The version the rules are tested with. */
export const VERSION = '8.30.1';
const MODULE = `github.com/zricethezav/gitleaks/v8@v${VERSION}`;
/** The first version that reads the rules as they are written. */
const OLDEST = [8, 25];

/**
 * The scanner: the one on the PATH; otherwise one that Go builds from its pinned source, whose checksum Go verifies, and keeps for
 * the next time.
 */
export function findGitleaks(cwd: string, env: NodeJS.ProcessEnv, print: (text: string) => void): string {
  const installed = spawnSync('gitleaks', ['version'], { encoding: 'utf8', env });
  if (installed.status === 0) {
    refuseOld(installed.stdout.trim());
    return 'gitleaks';
  }
  const folder = join(cwd, 'node_modules', '.cache', `gitleaks-${VERSION}`);
  const built = join(folder, process.platform === 'win32' ? 'gitleaks.exe' : 'gitleaks');
  if (!existsSync(built)) build(folder, env, print);
  return built;
}

function build(folder: string, env: NodeJS.ProcessEnv, print: (text: string) => void): void {
  if (spawnSync('go', ['version'], { env }).status !== 0) {
    throw new Failure(
      `gitleaks is not installed. Install version ${VERSION} from https://github.com/gitleaks/gitleaks, for example with "brew install gitleaks", or install Go, with which this command builds it.`,
    );
  }
  print(`gitleaks is not installed: building ${MODULE} with Go.`);
  const environment = { ...env, GOBIN: folder, GOFLAGS: '-buildvcs=false' };
  const { status } = spawnSync('go', ['install', MODULE], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: environment,
  });
  if (status !== 0) throw new Failure(`Go could not build gitleaks. Install version ${VERSION} by hand.`);
}

function refuseOld(version: string): void {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  // Built from source by hand, it does not know its version.
  if (major === undefined || minor === undefined || Number.isNaN(major)) return;
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new Failure(`gitleaks ${version} cannot read .gitleaks.toml. Install version ${VERSION}.`);
}
