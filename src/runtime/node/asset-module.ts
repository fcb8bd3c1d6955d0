import { posix } from 'node:path';
import { listAssets, readAsset } from '../../files';

/**
 * What `module.json` says beside the code of a module.
 */
interface Manifest {
  /** What the module does, in a few words. */
  readonly description: string;
  /** The npm packages it imports at run time. */
  readonly dependencies?: string[];
  /** The npm packages it needs for types, tests or tools only. */
  readonly devDependencies?: string[];
  /** The other modules it imports, as folders next to it. */
  readonly requires?: string[];
  /** The npm packages it needs besides where another module is installed too, without requiring it. */
  readonly beside?: Record<string, string[]>;
  /** What a variant needs besides. See {@link targetOf} for its files. */
  readonly variants?: Record<string, Pick<Manifest, 'dependencies' | 'devDependencies' | 'requires'>>;
}

export interface AssetFile {
  /** Relative to `assets/`. */
  readonly source: string;
  /** Relative to the module's folder in the service. */
  readonly target: string;
}

/**
 * A folder of TypeScript that lands in services as it is.
 */
export class AssetModule {
  public readonly description: string;
  public readonly dependencies: readonly string[];
  public readonly devDependencies: readonly string[];
  public readonly requires: readonly string[];
  public readonly beside: Readonly<Record<string, readonly string[]>>;
  public readonly files: readonly AssetFile[];

  /**
   * @param folder relative to `assets/`, such as `node/src/platform/http`
   * @param variant which of the module's variants to take
   */
  constructor(folder: string, variant?: string) {
    const manifest: Manifest = JSON.parse(readAsset(posix.join(folder, 'module.json')));
    const variants = manifest.variants ?? {};
    const names = Object.keys(variants);
    if (names.length > 0 && (variant === undefined || !names.includes(variant))) {
      throw new Error(`${folder} comes in the variants ${names.join(', ')}, not "${variant}"`);
    }
    const own = variant === undefined ? undefined : variants[variant];
    this.description = manifest.description;
    this.dependencies = [...(manifest.dependencies ?? []), ...(own?.dependencies ?? [])];
    this.devDependencies = [...(manifest.devDependencies ?? []), ...(own?.devDependencies ?? [])];
    this.requires = [...(manifest.requires ?? []), ...(own?.requires ?? [])];
    this.beside = manifest.beside ?? {};
    const paths = listAssets(folder).filter((path) => path !== 'module.json');
    this.files = paths.flatMap((path) => {
      const target = targetOf(path, names, variant);
      const replaced = variant !== undefined && paths.includes(path.replace(/(\.[a-z]+)$/, `.${variant}$1`));
      return target === undefined || replaced ? [] : [{ source: posix.join(folder, path), target }];
    });
  }
}

/**
 * `driver.sqlite.ts` lands as `driver.ts` in the variant sqlite and nowhere else, and what is below a folder `sqlite/`
 * lands there only. A plain `driver.ts` beside it is what the assets themselves are compiled with.
 */
function targetOf(path: string, variants: string[], variant: string | undefined): string | undefined {
  if (path.split('/').some((folder) => folder !== variant && variants.includes(folder))) {
    return undefined;
  }
  const match = /^(.*)\.([a-z]+)(\.[a-z]+)$/.exec(path);
  if (match === null || !variants.includes(match[2]!)) {
    return path;
  }
  return match[2] === variant ? `${match[1]}${match[3]}` : undefined;
}
