import servicePins from '../assets/delivery/action-pins.json';

interface Pin {
  readonly version: string;
  readonly sha: string;
}

/** The actions of this repository's workflows. Those that generated services use too are pinned there. */
const pins: Record<string, Pin> = {
  ...servicePins,
  'actions/download-artifact': { version: 'v8.0.1', sha: '3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c' },
  'actions/setup-go': { version: 'v7.0.0', sha: 'b7ad1dad31e06c5925ef5d2fc7ad053ef454303e' },
  'actions/setup-java': { version: 'v5.7.0', sha: 'b6effb05e454b25005698d916606bdc6ffcbf961' },
  'actions/setup-python': { version: 'v7.0.0', sha: '5fda3b95a4ea91299a34e894583c3862153e4b97' },
  'actions/upload-artifact': { version: 'v7.0.0', sha: 'bbbca2ddaa5d8feaa63e36b76fdaad77386f024f' },
};

/**
 * The commit an action is pinned to, because tags move and have been moved by attackers.
 */
export function pinOf(action: string): Pin {
  const pin = pins[action];
  if (pin === undefined) {
    throw new Error(`${action} is used in a workflow but not pinned: add it to projenrc/action-pins.ts`);
  }
  return pin;
}
