import { readAsset } from '../../files';

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

const manifest: Manifest = JSON.parse(readAsset('node/package.json'));
const versions: Record<string, string> = { ...manifest.dependencies, ...manifest.devDependencies };

/**
 * The version of an npm package that generated services get.
 *
 * It is the one the code under `assets/node` is compiled and tested with; there is no second list.
 *
 * @throws Error when the package is not among them
 */
export function versionOf(npmPackage: string): string {
  const version = versions[npmPackage];
  if (version === undefined) {
    throw new Error(`${npmPackage} has no version in assets/node/package.json: add it there`);
  }
  return version;
}
