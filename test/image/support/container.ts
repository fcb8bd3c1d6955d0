import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { attempt, type Outcome } from '../../../scripts/live/command';
import { freePort, RunningService } from '../../../scripts/live/server';
import type { Engine } from './engine';

/** What an engine would find out about an image. */
export interface ImageConfig {
  readonly User: string;
  readonly Env: string[];
  readonly Cmd: string[];
  readonly Entrypoint?: string[] | null;
  readonly WorkingDir: string;
  readonly StopSignal: string;
  readonly Labels: Record<string, string>;
  readonly ExposedPorts: Record<string, object>;
  readonly Healthcheck: { readonly Test: string[] };
}

type Command = readonly [string, ...string[]];

/**
 * The file system is mounted read-only but for /tmp, and secrets where engines mount them; then the user of the image takes over, with
 * no group but its own and no way to gain rights. What this machine lacks of a container: cgroups and a network of its own.
 */
const ENTER = `set -e
root=$1 secrets=$2 user=$3 group=$4 workdir=$5
shift 5
mount --make-rprivate /
mount --bind "$root" "$root"
mount --bind -o ro "$secrets" "$root/run/secrets"
mount -o remount,bind,ro "$root"
mount -t tmpfs -o size=64m,mode=1777 tmpfs "$root/tmp"
mount -t proc proc "$root/proc"
exec setpriv --no-new-privs --clear-groups unshare --root "$root" --wd "$workdir" --setgid "$group" --setuid "$user" "$@"`;

/**
 * An image, as containers run from it.
 */
export class BuiltImage {
  public static async open(engine: Engine, name: string): Promise<BuiltImage> {
    const inspected = JSON.parse(await engine.buildah(['inspect', '--type', 'image', name]));
    const root = await engine.mount(name);
    mkdirSync(join(root, 'run/secrets'), { recursive: true });
    return new BuiltImage(root, inspected.Docker.config);
  }

  private constructor(
    /** Its files, as a folder. */
    public readonly root: string,
    public readonly config: ImageConfig,
  ) {}

  /** Starts a process of the service and waits until it is ready. */
  public async start(command: Command, secrets: string, env: Record<string, string>): Promise<RunningService> {
    const ports = { PORT: `${await freePort()}`, MANAGEMENT_PORT: `${await freePort()}` };
    return RunningService.start('/', this.enter(command, secrets, { ...ports, ...env }), ports);
  }

  /** Runs a process of the service to its end. */
  public run(command: Command, secrets: string, env: Record<string, string> = {}): Promise<Outcome> {
    const [program, ...args] = this.enter(command, secrets, env);
    return attempt(program, args, { cwd: '/', timeout: 60_000 });
  }

  private enter(command: Command, secrets: string, env: Record<string, string>): Command {
    const [user = '', group = ''] = this.config.User.split(':');
    const variables = [...this.config.Env, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
    return [
      ...([
        'unshare',
        '--mount',
        'env',
        '--ignore-environment',
        ...variables,
        '/bin/sh',
        '-c',
        ENTER,
        'enter',
      ] as const),
      ...[this.root, secrets, user, group, this.config.WorkingDir, ...command],
    ];
  }
}
