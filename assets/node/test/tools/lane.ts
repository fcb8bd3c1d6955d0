/**
 * The server that a lane of tests needs, or undefined where that lane does not run.
 * Where TEST_LANES names the lane, its server must be there: nothing is skipped in silence.
 */
export function serverOfLane(lane: string, variable: string): string | undefined {
  const url = process.env[variable];
  if (url !== undefined && url !== '') return url;
  const lanes = (process.env['TEST_LANES'] ?? '').split(',');
  if (lanes.includes(lane)) throw new Error(`TEST_LANES names ${lane}, but ${variable} is not set.`);
  return undefined;
}

/** Whether a lane runs that brings tools instead of a server. */
export function inLane(lane: string): boolean {
  return (process.env['TEST_LANES'] ?? '').split(',').includes(lane);
}
