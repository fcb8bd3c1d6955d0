import { Component, type cdk, type Task } from 'projen';

/**
 * Everything that proves the library, as tasks. `test` and `lint` need npm only; `.ci/run` calls them all.
 */
export class Verification extends Component {
  constructor(project: cdk.JsiiProject) {
    super(project, 'Verification');
    this.addChecks(project);
    this.addTests(project);
    this.addLanes(project);
  }

  private addChecks(project: cdk.JsiiProject): void {
    const lint = this.task('lint', 'Finds mistakes, broken architecture rules and misformatted code');
    lint.exec('biome check --error-on-warnings', { receiveArgs: true });
    const typecheck = this.task('typecheck', 'Checks the types of tests, assets and build code');
    for (const folder of ['test', 'projenrc', 'assets/node']) {
      typecheck.exec(`tsc --noEmit --project ${folder}/tsconfig.json`);
    }
    const format = this.task('format', 'Formats the code and mends what can be mended');
    format.exec('biome check --write', { receiveArgs: true });
    project.postCompileTask.spawn(lint);
    project.postCompileTask.spawn(typecheck);
  }

  private addTests(project: cdk.JsiiProject): void {
    project.testTask.exec('vitest run --project unit', { receiveArgs: true });
    // Most of these wait for databases and Prisma's CLI, so a core of its own for vitest would idle.
    project.testTask.exec('vitest run --root assets/node --maxWorkers=100%');
  }

  /** What takes longer, or needs more than npm. */
  private addLanes(project: cdk.JsiiProject): void {
    const packaging = this.task('test:packaging', 'Makes a service with the npm package and with the PyPI package');
    for (const task of [project.preCompileTask, project.compileTask, project.packageTask]) {
      packaging.spawn(task);
    }
    packaging.exec('vitest run --project packaging');

    const field = this.task('test:field', "Runs the field's own validators on all workflows");
    field.exec('scripts/with-field-tools scripts/with-container-tools vitest run --project field');

    const observability = this.task(
      'test:observability',
      "Runs rules, routes and objectives through Prometheus's own tools",
    );
    observability.exec('scripts/ensure-debian busybox busybox');
    observability.exec('scripts/with-observability-tools vitest run --project observability', { receiveArgs: true });

    const kubernetes = this.task('test:kubernetes', 'Runs the validators of Kubernetes on all manifests');
    kubernetes.exec('scripts/with-kubernetes-tools vitest run --project kubernetes', { receiveArgs: true });

    const cluster = this.task('test:cluster', 'Applies all manifests to a real API server, with its controllers');
    cluster.exec('scripts/with-cluster vitest run --project cluster', { receiveArgs: true });

    const observed = this.task(
      'test:observability-live',
      'Has a real Prometheus scrape a service under traffic, and asks it every query of every rule and panel',
    );
    observed.exec('scripts/with-observability-tools vitest run --project live-observability', { receiveArgs: true });

    const live = this.task('test:live', 'Makes services with the packed library and runs them');
    live.exec('vitest run --project live', { receiveArgs: true });

    const image = this.task('test:image', 'Builds the images of services and runs them, without Docker');
    for (const command of ['buildah', 'mmdebstrap']) {
      image.exec(`scripts/ensure-debian ${command} ${command}`);
    }
    image.exec('vitest run --project image', { receiveArgs: true });

    const mariadb = this.task('test:mariadb', 'Runs the database tests of the assets on MariaDB');
    mariadb.exec('scripts/ensure-debian mariadbd mariadb-server');
    mariadb.exec('tsx assets/node/test/tools/with-mariadb.ts -- vitest run --root assets/node mariadb');

    const pgbouncer = this.task('test:pgbouncer', 'Runs the database module through PgBouncer');
    pgbouncer.exec('scripts/ensure-debian pgbouncer pgbouncer');
    pgbouncer.exec('vitest run --root assets/node pgbouncer', { env: { TEST_LANES: 'pgbouncer' } });

    const backup = this.task('test:backup', 'Runs the backup tests on PostgreSQL and on doubles of object stores');
    backup.exec('scripts/ensure-debian /usr/lib/postgresql/*/bin/postgres postgresql');
    backup.exec('scripts/with-store-emulators scripts/with-moto vitest run --root assets/node test/backup', {
      env: { TEST_LANES: 'backup' },
    });

    const secrets = this.task(
      'test:secrets',
      'Runs the stores of secrets against SOPS, age, GnuPG, OpenBao and a double of AWS',
    );
    secrets.exec('scripts/ensure-debian gpg gpg');
    for (const where of ['--project unit test/secrets', '--root assets/node test/secrets test/aws']) {
      secrets.exec(`scripts/with-secret-tools scripts/with-moto vitest run ${where}`, {
        env: { TEST_LANES: 'secrets,aws' },
      });
    }

    // Tools and generated files do not care about the version; what runs in services does, and the live tests use the tools.
    const node24 = this.task('test:node24', 'Runs the tests of the runtime and the live tests on Node 24');
    node24.exec("scripts/with-node 24 vitest run --root assets/node --maxWorkers=100% --exclude 'test/tools/**'");
    node24.exec('scripts/with-node 24 npx projen test:live');

    this.task('demo', 'Makes a service, from nothing to orders').exec('tsx scripts/demo.ts', { receiveArgs: true });
    this.task('images:refresh', 'Looks up the digests of the base images').exec('tsx scripts/base-images/refresh.ts');
    // On the Node that images run.
    this.task('bench', 'Measures what docs/benchmarks.md states').exec('scripts/with-node 24 tsx scripts/bench.ts', {
      receiveArgs: true,
    });
  }

  private task(name: string, description: string): Task {
    return this.project.addTask(name, { description });
  }
}
