import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { attempt, type CommandOptions, run } from '../../../scripts/live/command';

/**
 * buildah, with images in a folder of its own. It builds Dockerfiles without a daemon, and in chroot isolation without the right
 * to make containers.
 */
export class Engine {
  /** An engine with a storage of its own, which {@link Engine.remove} removes. */
  public static async create(): Promise<Engine> {
    const home = mkdtempSync(join(tmpdir(), 'riso-images-'));
    for (const folder of ['graph', 'run', 'tmp']) {
      mkdirSync(join(home, folder));
    }
    const storage = join(home, 'storage.conf');
    const folders = `graphroot = "${join(home, 'graph')}"\nrunroot = "${join(home, 'run')}"`;
    const driver = (await canOverlay(join(home, 'tmp'))) ? 'overlay' : 'vfs';
    writeFileSync(storage, `[storage]\ndriver = "${driver}"\n${folders}\n`);
    return new Engine({
      CONTAINER_ENGINE: 'buildah',
      CONTAINERS_STORAGE_CONF: storage,
      BUILDAH_ISOLATION: 'chroot',
      TMPDIR: join(home, 'tmp'),
    });
  }

  /** @param env what makes a task of a service use this engine */
  constructor(public readonly env: Record<string, string>) {}

  /** Runs a command of buildah and returns what it prints. */
  public async buildah(args: readonly string[], options: Partial<CommandOptions> = {}): Promise<string> {
    return (await run('buildah', args, { cwd: tmpdir(), ...options, env: { ...this.env, ...options.env } })).trim();
  }

  /** Makes an image of a folder, which becomes its root file system. */
  public async imageOf(folder: string, name: string, env: Record<string, string>): Promise<void> {
    const container = await this.buildah(['from', 'scratch']);
    await this.buildah(['copy', '--quiet', container, folder, '/']);
    const variables = Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
    await this.buildah(['config', ...variables, container]);
    await this.buildah(['commit', '--quiet', '--rm', container, name]);
  }

  /** The root file system of an image, as a folder. */
  public async mount(image: string): Promise<string> {
    return this.buildah(['mount', await this.buildah(['from', '--pull-never', image])]);
  }

  public async remove(): Promise<void> {
    await this.buildah(['umount', '--all']);
    await rm(dirname(this.env['CONTAINERS_STORAGE_CONF']!), {
      recursive: true,
      force: true,
      maxRetries: 5,
      retryDelay: 200,
    });
  }
}

/** Whether layers can be laid over each other here; otherwise every step of a build copies all files. */
async function canOverlay(folder: string): Promise<boolean> {
  const trial =
    'mkdir lower upper work all && mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work overlay all';
  const { code } = await attempt('unshare', ['--mount', 'sh', '-c', trial], {
    cwd: mkdtempSync(join(folder, 'trial-')),
  });
  return code === 0;
}
