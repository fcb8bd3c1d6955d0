import { Component, type Project, type Task } from 'projen';
import { OwnedJson, OwnedText, type Owner } from '../../files';
import { Check, CheckStage, Service } from '../../service';
import { allowScripts } from './install-scripts';
import { NodeRuntime } from './node-runtime';

const OWNER: Owner = { component: 'NodeToolchain', change: 'the tasks and overrides of the project' };

/**
 * Compiler, linter, formatter and test runner of a Node service, and the tasks that run them.
 *
 * @internal
 */
export class NodeToolchain extends Component {
  private readonly runtime: NodeRuntime;

  constructor(project: Project) {
    super(project, 'NodeToolchain');
    this.runtime = NodeRuntime.of(project);
    this.runtime.addDevDependencies('@biomejs/biome', '@types/node', 'tsx', 'typescript', 'vitest');
    this.runtime.package.addField('allowScripts', () => allowScripts(project));
    this.writeConfigurations();
    this.addTasks();
    this.stateChecks();
  }

  public override preSynthesize(): void {
    // Generated code is not committed, so whatever reads the sources writes it first.
    for (const task of ['compile', 'typecheck', 'test', 'dev'].map((name) => this.task(name))) {
      for (const generator of [...this.runtime.generatorTasks].reverse()) {
        task.prependSpawn(generator);
      }
    }
    for (const preparation of this.runtime.devPreparations) {
      this.task('dev').spawn(preparation);
    }
    this.task('dev').execArgs([
      ...this.runtime.devCommandPrefix,
      ...this.runtime.devWatcherPrefix,
      'tsx',
      'watch',
      '--clear-screen=false',
      'src/main.ts',
    ]);
    for (const folder of ['dist', 'coverage', ...this.runtime.generatedFolders]) {
      this.project.addGitIgnore(`/${folder}/`);
    }
  }

  private writeConfigurations(): void {
    new OwnedJson(this.project, 'tsconfig.json', { owner: OWNER, obj: () => TSCONFIG });
    new OwnedJson(this.project, 'tsconfig.build.json', { owner: OWNER, obj: () => TSCONFIG_BUILD });
    new OwnedJson(this.project, 'biome.jsonc', { owner: OWNER, obj: () => this.biome() });
    new OwnedText(this.project, 'vitest.config.mts', { owner: OWNER, text: () => this.vitest() });
  }

  private addTasks(): void {
    this.task('dev', 'Runs the service and restarts it on every change', { APP_ENV: 'dev' });
    this.task('start', 'Runs the compiled service').execArgs(['node', '--enable-source-maps', 'dist/main.js']);
    this.task('lint', 'Finds mistakes and misformatted code').execArgs(['biome', 'check', '--error-on-warnings'], {
      receiveArgs: true,
    });
    this.task('format', 'Formats the code and mends what can be mended').execArgs(['biome', 'check', '--write'], {
      receiveArgs: true,
    });
    this.task('typecheck', 'Checks the types of all code').execArgs(['tsc', '--noEmit']);
    this.task('compile').execArgs(['tsc', '--project', 'tsconfig.build.json']);
    this.task('test').execArgs(['vitest', 'run'], { receiveArgs: true });
    this.task('test:watch', 'Runs the tests on every change').execArgs(['vitest'], { receiveArgs: true });
  }

  private stateChecks(): void {
    const service = Service.of(this.project);
    const statedBy = 'NodeToolchain';
    const stages = [CheckStage.COMMIT, CheckStage.PULL_REQUEST, CheckStage.RELEASE];
    service.state(
      new Check('lint', {
        task: 'lint',
        description: 'The code is formatted and free of known mistakes',
        stages,
        statedBy,
      }),
    );
    service.state(new Check('types', { task: 'typecheck', description: 'The types agree', stages, statedBy }));
    service.state(new Check('tests', { task: 'test', description: 'The tests pass', statedBy }));
  }

  private task(name: string, description?: string, env?: Record<string, string>): Task {
    return this.project.tasks.tryFind(name) ?? this.project.addTask(name, { description, env });
  }

  private biome(): object {
    return {
      $schema: './node_modules/@biomejs/biome/configuration_schema.json',
      files: {
        includes: [
          '.projenrc.ts',
          ...['src', 'test', 'tools', 'prisma'].map((folder) => `${folder}/**/*.ts`),
          // What is owned is linted before it is shipped, and read-only: no formatter could write it.
          ...[...this.runtime.ownedFolders, ...this.runtime.generatedFolders].map((folder) => `!${folder}`),
        ],
      },
      formatter: { indentStyle: 'space', indentWidth: 2, lineWidth: 120 },
      javascript: { formatter: { quoteStyle: 'single' } },
      // Biome insists on its own configuration, which is owned; switched off altogether, it does not ask to write it.
      json: { assist: OFF, formatter: OFF, linter: OFF },
      linter: {
        rules: {
          preset: 'recommended',
          // The compiler asks for the brackets: what comes from outside has no known members.
          complexity: { useLiteralKeys: 'off' },
          correctness: { noUnusedImports: 'error', noUnusedVariables: 'error', useImportExtensions: 'off' },
          style: { noNonNullAssertion: 'error', noProcessEnv: 'error', useImportType: 'error' },
          suspicious: { noConsole: 'error', noExplicitAny: 'error' },
        },
      },
      overrides: [
        {
          // Code that never runs in production.
          includes: ['tools/**', 'test/**', 'prisma/**', '*.ts'],
          linter: { rules: { style: { noProcessEnv: 'off' }, suspicious: { noConsole: 'off' } } },
        },
      ],
    };
  }

  private vitest(): string {
    const setups = this.runtime.testSetups.map((path) => `'${path}'`).join(', ');
    return [
      "import { defineConfig } from 'vitest/config';",
      '',
      'export default defineConfig({',
      '  test: {',
      "    include: ['test/**/*.test.ts'],",
      ...(setups === '' ? [] : [`    globalSetup: [${setups}],`]),
      "    env: { APP_ENV: 'test' },",
      '    // Tests that only pass in one order hide what they depend on.',
      '    sequence: { shuffle: true },',
      '    testTimeout: 20_000,',
      '    hookTimeout: 60_000,',
      '  },',
      '});',
    ].join('\n');
  }
}

const OFF = { enabled: false };

const TSCONFIG = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023'],
    module: 'nodenext',
    moduleResolution: 'nodenext',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noPropertyAccessFromIndexSignature: true,
    noImplicitOverride: true,
    noFallthroughCasesInSwitch: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    isolatedModules: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: [
    '.projenrc.ts',
    'vitest.config.mts',
    'prisma.config.ts',
    'src/**/*.ts',
    'test/**/*.ts',
    'tools/**/*.ts',
    'prisma/**/*.ts',
  ],
};

const TSCONFIG_BUILD = {
  extends: './tsconfig.json',
  compilerOptions: { noEmit: false, rootDir: 'src', outDir: 'dist', sourceMap: true },
  include: ['src/**/*.ts'],
};
