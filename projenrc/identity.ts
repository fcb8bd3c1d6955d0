/**
 * Who publishes this library and under which names.
 *
 * Every registry coordinate is stated here and nowhere else. Confirm them before
 * the first publication: a name on a public registry cannot be taken back.
 */
export const identity = {
  npm: '@riso/projen',
  description: 'projen project types for production services: migrations, typed configuration, observability, delivery',
  author: 'The Riso authors',
  authorAddress: 'https://github.com/riso',
  repository: 'https://github.com/riso/projen.git',
  homepage: 'https://github.com/riso/projen',
  license: 'Apache-2.0',
  pypi: { distName: 'riso-projen', module: 'riso_projen' },
  maven: { javaPackage: 'io.riso.projen', mavenGroupId: 'io.riso', mavenArtifactId: 'projen' },
  /** Reserved: projen has no NuGet package, and jsii cannot generate one for a library that depends on it. */
  nuget: { dotNetNamespace: 'Riso.Projen', packageId: 'Riso.Projen' },
  go: { moduleName: 'github.com/riso/projen-go', packageName: 'risoprojen' },
} as const;
