import { spawnSync } from 'node:child_process';

/**
 * Whether a command that the lane `secrets` brings along is there. Where TEST_LANES names the lane, it must be: nothing is
 * skipped in silence.
 */
export function hasTool(command: string): boolean {
  const found = spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;
  const lanes = (process.env['TEST_LANES'] ?? '').split(',');
  if (!found && lanes.includes('secrets')) throw new Error(`TEST_LANES names secrets, but there is no ${command}.`);
  return found;
}
