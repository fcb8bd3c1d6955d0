import { javascript, Project, typescript } from 'projen';
import { describe, expect, test } from 'vitest';
import {
  ComposeStack,
  ContainerImage,
  Database,
  Delivery,
  FastifyServer,
  Guides,
  K8sManifests,
  PrismaMigrations,
  SecretsConfig,
} from '../../src';
import { PLAIN } from '../support/host';
import { synth } from '../support/synth';

const NODE = (outdir: string) => new javascript.NodeProject({ ...PLAIN, outdir });
const TYPESCRIPT = (outdir: string) =>
  new typescript.TypeScriptProject({ ...PLAIN, eslint: false, sampleCode: false, outdir });

const FOLDER = /^((src\/platform|tools|k8s)\/[^/]+|\.github|\.githooks|prisma)\//;

/** What a capability adds to a plain projen project. */
function added(plain: (outdir: string) => Project, capability: (project: Project) => unknown) {
  const before = synth(plain);
  const files = synth((outdir) => {
    const project = plain(outdir);
    capability(project);
    return project;
  });
  const paths = Object.keys(files).filter((path) => !(path in before));
  return { files, folders: [...new Set(paths.map((path) => FOLDER.exec(path)?.[0] ?? path))].sort() };
}

describe.each([
  ['Node', NODE],
  ['TypeScript', TYPESCRIPT],
])('on a plain %s project', (_, plain) => {
  test('SecretsConfig brings the typed configuration', () => {
    const { files, folders } = added(plain, (project) =>
      new SecretsConfig(project).add('API_KEY', { secret: true, description: 'Opens doors' }),
    );
    expect(folders).toEqual([
      '.env.dev',
      '.env.example',
      '.env.prod',
      '.env.staging',
      '.env.test',
      '.gitleaks.toml',
      'src/platform/config.ts',
      'src/platform/config/',
      'tools/secret-stores.ts',
      'tools/secrets/',
    ]);
    expect(files['src/platform/config.ts']).toContain('apiKey');
  });

  test('FastifyServer brings the server and what it runs on', () => {
    const { files, folders } = added(plain, (project) => new FastifyServer(project));
    expect(folders).toEqual(
      ['app', 'config.ts', 'config', 'health', 'http', 'index.ts', 'logging', 'metrics', 'shutdown'].map(
        (name) => `src/platform/${name}${name.includes('.') ? '' : '/'}`,
      ),
    );
    expect(JSON.parse(files['package.json']!).dependencies).toHaveProperty('fastify');
  });

  test('PrismaMigrations brings client, migrations and their tools', () => {
    const { files, folders } = added(plain, (project) => new PrismaMigrations(project, { database: Database.SQLITE }));
    expect(folders).toEqual(
      expect.arrayContaining([
        'prisma/',
        'prisma.config.ts',
        'src/platform/database/',
        'src/platform/migrations/',
        'tools/database/',
      ]),
    );
    expect(files['prisma/schema/datasource.prisma']).toContain('"sqlite"');
    expect(Object.keys(JSON.parse(files['.projen/tasks.json']!).tasks)).toEqual(
      expect.arrayContaining(['db:new', 'db:migrate', 'db:check']),
    );
  });

  test('ContainerImage brings what builds the image', () => {
    const { files, folders } = added(plain, (project) => new ContainerImage(project));
    expect(folders).toEqual(['.dockerignore', 'Dockerfile', 'src/platform/probe/', 'tools/container/']);
    expect(Object.keys(JSON.parse(files['.projen/tasks.json']!).tasks)).toContain('image:build');
  });

  test('ComposeStack brings the stack and what makes its secrets', () => {
    const { folders } = added(plain, (project) => new ComposeStack(project));
    expect(folders).toEqual(['compose.yaml', 'src/platform/probe/', 'tools/container/']);
  });

  test('Delivery brings hook and workflow', () => {
    const { folders } = added(plain, (project) => new Delivery(project));
    expect(folders).toEqual(['.githooks/', '.github/']);
  });

  test('K8sManifests brings manifests and the verbs for them', () => {
    const { files, folders } = added(plain, (project) => new K8sManifests(project));
    expect(folders).toEqual(['k8s/base/', 'k8s/overlays/', 'tools/kubernetes/']);
    expect(Object.keys(JSON.parse(files['.projen/tasks.json']!).tasks)).toEqual(
      expect.arrayContaining(['k8s:check', 'k8s:render']),
    );
  });

  test('Guides brings a table of contents', () => {
    const { folders } = added(plain, (project) => new Guides(project));
    expect(folders).toEqual(['docs/README.md']);
  });
});

describe('on a project in another language', () => {
  const plain = (outdir: string) => new Project({ name: 'orders', outdir });

  test.each([
    ['FastifyServer', (project: Project) => new FastifyServer(project)],
    ['PrismaMigrations', (project: Project) => new PrismaMigrations(project)],
    ['ContainerImage', (project: Project) => new ContainerImage(project)],
  ])('%s says that it needs a package.json', (_, capability) => {
    expect(() => added(plain, capability)).toThrow('has no package.json that projen manages');
  });

  test.each([
    ['SecretsConfig', (project: Project) => new SecretsConfig(project)],
    ['Delivery', (project: Project) => new Delivery(project)],
    ['ComposeStack', (project: Project) => new ComposeStack(project)],
    ['Guides', (project: Project) => new Guides(project)],
    ['K8sManifests', (project: Project) => new K8sManifests(project)],
  ])('%s works', (_, capability) => {
    expect(added(plain, capability).folders.length).toBeGreaterThan(0);
  });
});

test('two capabilities, neither of which knows the other, meet in the model', () => {
  const { files } = added(NODE, (project) => {
    new Delivery(project);
    new ContainerImage(project);
    new PrismaMigrations(project);
    new Guides(project);
    new SecretsConfig(project);
  });
  expect(files['Dockerfile']).toContain('COPY --from=build /app/prisma/migrations');
  expect(files['.github/workflows/ci.yml']).toContain('npx projen db:check');
  expect(files['docs/README.md']).toContain('[Database](database.md)');
  expect(files['.env.example']).toContain('DATABASE_URL');
});
