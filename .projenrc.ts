import { cdk, javascript, typescript } from 'projen';
import { identity } from './projenrc/identity';

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
  stability: cdk.Stability.EXPERIMENTAL,
  defaultReleaseBranch: 'main',
  jsiiVersion: '~6.0.16',
  typescriptVersion: '~7.0.2',
  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.19.0',
  projenrcTs: true,
  projenrcTsOptions: { runner: typescript.TypeScriptRunner.tsx() },
  peerDeps: ['projen@>=0.103.0 <1', 'constructs@^10.0.0'],
  peerDependencyOptions: { pinnedDevDependency: false },
  devDeps: ['projen@0.103.25', 'constructs@10.8.1', 'vitest@^4', '@biomejs/biome@2.5.15', 'tsx', '@types/node@^20'],
  jest: false,
  eslint: false,
  sampleCode: false,
  mergify: false,
  depsUpgrade: false,
});
project.package.addField('workspaces', ['assets/node']);
project.synth();
