import { spawnSync } from 'node:child_process';

/** Something that is not in order. */
export interface Finding {
  readonly what: string;
  /** What the tool said. */
  readonly output: string;
}

const PACKAGES: Readonly<Record<string, string>> = { promtool: 'prometheus', amtool: 'prometheus-alertmanager' };

/**
 * Runs a tool of the field, and says what it found; nothing where all is well.
 *
 * A tool that is missing is a finding: what was not checked must not look checked.
 */
export function verdict(what: string, tool: string, args: readonly string[]): Finding[] {
  const { error, status, stdout, stderr } = spawnSync(tool, args, { encoding: 'utf8' });
  if (error !== undefined) {
    return [
      {
        what: `${what}: not checked, because ${tool} does not run`,
        output: `Install it: it is in the package ${PACKAGES[tool]} of Debian and Ubuntu, and in the releases of Prometheus.`,
      },
    ];
  }
  return status === 0 ? [] : [{ what: `${what}: no`, output: `${stdout}${stderr}`.trim() }];
}
