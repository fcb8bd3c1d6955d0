import { dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listAssets, readAsset } from '../../src/files';
import { AssetModule } from '../../src/runtime/node/asset-module';
import { versionOf } from '../../src/runtime/node/versions';

const ROOTS = ['node/src/platform', 'node/tools'];
const VARIANTS = ['postgresql', 'mysql', 'sqlite'];

/** Named beside the code because a command or a generated file needs them, though no import does. */
const NEEDED_WITHOUT_IMPORT = [
  'prisma',
  'tsx',
  'vitest',
  'squawk-cli',
  '@types/pg',
  '@prisma/client',
  '@prisma/schema-engine-wasm',
];

interface Case {
  readonly title: string;
  readonly folder: string;
  readonly variant: string | undefined;
}

const cases: Case[] = ROOTS.flatMap((root) =>
  listAssets(root)
    .filter((path) => path.endsWith('module.json'))
    .flatMap((path) => {
      const folder = posix.join(root, posix.dirname(path));
      const { variants } = JSON.parse(readAsset(posix.join(folder, 'module.json')));
      return (variants === undefined ? [undefined] : VARIANTS).map((variant) => ({
        title: variant === undefined ? folder : `${folder} for ${variant}`,
        folder,
        variant,
      }));
    }),
);

describe.each(cases)('the manifest of $title', ({ folder, variant }) => {
  const module = new AssetModule(folder, variant);
  const imports = module.files
    .filter(({ source }) => source.endsWith('.ts'))
    .flatMap(({ source }) => importsOf(source));
  const declared = [...module.dependencies, ...module.devDependencies, ...Object.values(module.beside).flat()];

  it('names every package the code imports', () => {
    const imported = new Set(imports.flatMap(({ name }) => packageOf(name) ?? []));
    expect(
      [...imported].filter((name) => !declared.includes(name) && !fromRequired(module, variant).includes(name)),
    ).toEqual([]);
  });

  it('names no package the code does not import', () => {
    const imported = new Set(imports.flatMap(({ name }) => packageOf(name) ?? []));
    const mentioned = module.files.map(({ source }) => readAsset(source)).join('\n');
    expect(
      declared.filter(
        (name) => !imported.has(name) && !NEEDED_WITHOUT_IMPORT.includes(name) && !mentioned.includes(`'${name}`),
      ),
    ).toEqual([]);
  });

  it('names every module the code imports', () => {
    const others = imports.flatMap(({ from, name }) => {
      const [, other] = /^node\/src\/platform\/([a-z]+)\//.exec(posix.normalize(posix.join(dirname(from), name))) ?? [];
      return other === undefined || !name.startsWith('.') || posix.join('node/src/platform', other) === folder
        ? []
        : [other];
    });
    expect([...new Set(others)].filter((other) => !module.requires.includes(other))).toEqual([]);
  });

  it('takes only packages whose version is stated', () => {
    expect(declared.map(versionOf).every((version) => version !== '')).toBe(true);
  });
});

describe('variants', () => {
  it('are refused when a module does not come in them', () => {
    expect(() => new AssetModule('node/src/platform/database', 'oracle')).toThrow(
      'node/src/platform/database comes in the variants postgresql, mysql, sqlite, not "oracle"',
    );
  });

  it('replace the plain file beside them', () => {
    const { files } = new AssetModule('node/src/platform/database', 'sqlite');
    expect(files.filter(({ target }) => target.startsWith('driver'))).toEqual([
      { source: 'node/src/platform/database/driver.sqlite.ts', target: 'driver.ts' },
    ]);
  });
});

describe('versions', () => {
  it('are refused for packages that are not tested here', () => {
    expect(() => versionOf('left-pad')).toThrow('left-pad has no version in assets/node/package.json: add it there');
  });
});

interface Import {
  readonly from: string;
  readonly name: string;
}

function importsOf(source: string): Import[] {
  const text = readAsset(source);
  const specifier = /(?:^(?:import|export)[^;]*? from |^import |\bimport\(|\brequire\.resolve\()'([\w@./-]+)'/gm;
  return [...text.matchAll(specifier)].map((match) => ({ from: source, name: match[1]! }));
}

function packageOf(name: string): string | undefined {
  if (name.startsWith('.') || name.startsWith('node:')) {
    return undefined;
  }
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

/** A module may use what the modules it requires bring along. */
function fromRequired(module: AssetModule, variant: string | undefined): string[] {
  return module.requires.flatMap((name) => {
    const required = new AssetModule(join('node/src/platform', name), variant);
    return [...required.dependencies, ...required.devDependencies, ...fromRequired(required, variant)];
  });
}
