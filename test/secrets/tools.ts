import { spawnSync } from 'node:child_process';

/** Whether a command that the lane `secrets` brings along is there; in that lane it must be. */
export function hasTool(command: string): boolean {
  const found = spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;
  if (!found && process.env['TEST_LANES']?.split(',').includes('secrets')) {
    throw new Error(`TEST_LANES names secrets, but there is no ${command}.`);
  }
  return found;
}
