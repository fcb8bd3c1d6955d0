import { execFile } from 'node:child_process';

// biome-ignore lint/suspicious/noExplicitAny: objects of Kubernetes are read as what they are.
export type Tree = any;

export interface Answer {
  readonly passed: boolean;
  readonly output: string;
  /** Errors and warnings, one a line. */
  readonly complaints: string[];
}

/** How the test asks the cluster: as people do. */
export class Kubectl {
  constructor(private readonly kubeconfig: string) {}

  /** Applies objects as a release does. */
  public apply(objects: Tree[], ...more: string[]): Promise<Answer> {
    return this.run(['apply', '--server-side', ...more, '-f', '-'], objects);
  }

  public async get(...args: string[]): Promise<Tree> {
    const { passed, output, complaints } = await this.run(['get', ...args, '--output=json']);
    if (!passed) {
      throw new Error(complaints.join('\n'));
    }
    return JSON.parse(output);
  }

  public run(args: string[], objects?: Tree[]): Promise<Answer> {
    return new Promise((resolve) => {
      const child = execFile(
        'kubectl',
        ['--kubeconfig', this.kubeconfig, ...args],
        { maxBuffer: 1 << 28 },
        (error, stdout, stderr) =>
          resolve({
            passed: error === null,
            output: stdout,
            complaints: stderr.split('\n').filter((line) => line !== ''),
          }),
      );
      child.stdin?.end(objects?.map((object) => JSON.stringify(object)).join('\n---\n'));
    });
  }
}
