import { posix } from 'node:path';
import { readAsset } from '../files';

interface Pin {
  readonly version: string;
  readonly sha: string;
}

const pins: Record<string, Pin> = JSON.parse(readAsset(posix.join('delivery', 'action-pins.json')));

/**
 * An action pinned to a commit, because tags move and have been moved by attackers.
 *
 * @param action such as `actions/checkout`
 * @throws Error when there is no pin for the action
 */
export function pinned(action: string): string {
  const pin = pins[action];
  if (pin === undefined) {
    throw new Error(`${action} is not pinned: add it to assets/delivery/action-pins.json`);
  }
  return `${action}@${pin.sha}`;
}

/**
 * Writes the version of each pinned action behind its commit, for people and for update bots.
 */
export function annotatePins(yaml: string): string {
  return yaml.replace(/(uses: ([\w./-]+)@[0-9a-f]{40})$/gm, (line, uses: string, action: string) => {
    const version = pins[action]?.version;
    return version === undefined ? line : `${uses} # ${version}`;
  });
}
