import { cdk, javascript, release, typescript } from 'projen';
import { ApiReference } from './projenrc/api-reference';
import { CiWorkflow } from './projenrc/ci-workflow';
import { HardenedWorkflows } from './projenrc/hardened-workflows';
import { identity } from './projenrc/identity';
import { allowScripts } from './projenrc/install-scripts';
import { PackageContents } from './projenrc/package-contents';
import { Packaging } from './projenrc/packaging';
import { Verification } from './projenrc/verification';

const project = new cdk.JsiiProject({
  name: identity.npm,
  description: identity.description,
  author: identity.author,
  authorAddress: identity.authorAddress,
  authorOrganization: true,
  repositoryUrl: identity.repository,
  homepage: identity.homepage,
  license: identity.license,
  copyrightOwner: identity.author,
  keywords: ['projen', 'jsii', 'microservice', 'fastify', 'prisma', 'template'],
  stability: cdk.Stability.EXPERIMENTAL,

  jsiiVersion: '~6.0.16',
  typescriptVersion: '~7.0.2',
  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.19.0',
  workflowNodeVersion: '24',
  // The development dependencies are pinned to the oldest of these; `projen new` brings the newest to the live tests.
  peerDeps: ['projen@>=0.103.0 <1', 'constructs@^10.5.0'],
  // Parses PromQL; bundled, because jsii lets nobody else's types into the API of this library.
  bundledDeps: [
    '@lezer/common@^1.5.5',
    '@lezer/highlight@^1.2.3',
    '@lezer/lr@^1.4.12',
    '@prometheus-io/lezer-promql@0.315.0',
  ],
  devDeps: ['@biomejs/biome@2.5.15', '@types/node@^20', 'cdk8s@^2.70.106', 'tsx@^4', 'vitest@^4.1.12', 'yaml@^2'],
  tsconfig: {
    // The emitted JavaScript reads like the source; maps would double the package.
    compilerOptions: { inlineSourceMap: false, inlineSources: false },
  },
  // vitest and tsx run the tests and scripts, not Node; through them the stricter options cover the sources too.
  tsconfigDev: {
    compilerOptions: {
      module: 'preserve',
      moduleResolution: javascript.TypeScriptModuleResolution.BUNDLER,
      noUncheckedIndexedAccess: true,
    },
    include: ['../scripts/**/*.ts', '../*.mts'],
    exclude: ['golden'],
  },
  projenrcTs: true,
  projenrcTsOptions: { runner: typescript.TypeScriptRunner.tsx() },

  publishToPypi: { ...identity.pypi, trustedPublishing: true },
  publishToMaven: { ...identity.maven, mavenServerId: 'central-ossrh' },
  publishToGo: identity.go,
  npmAccess: javascript.NpmAccess.PUBLIC,
  npmTrustedPublishing: true,
  npmProvenance: true,

  defaultReleaseBranch: 'main',
  releaseTrigger: release.ReleaseTrigger.workflowDispatch(),
  releaseEnvironment: 'release',
  jsiiReleaseVersion: '0.2.1061',
  versionrcOptions: {
    types: [
      { type: 'feat', section: 'Added' },
      { type: 'fix', section: 'Fixed' },
      { type: 'perf', section: 'Changed' },
    ],
  },

  buildWorkflow: false,
  depsUpgrade: false,
  docgen: false,
  eslint: false,
  githubOptions: { mergify: false, pullRequestLint: false },
  jest: false,
  npmignoreEnabled: false,
  pullRequestTemplate: false,
  sampleCode: false,
});

// jsii and its kin tell at length that Node 20 is past its end; machines that still have it are why it is supported.
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');
project.package.addField('workspaces', ['assets/node']);
project.package.addField('allowScripts', allowScripts);

new Packaging(project);
new PackageContents(project);
new ApiReference(project);
new Verification(project);
new CiWorkflow(project);
new HardenedWorkflows(project);

project.synth();
