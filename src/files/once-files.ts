import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Component, JsonFile, type Project } from 'projen';
import { claim } from './claim';

const LEDGER = '.projen/once.json';

/**
 * Files that are the user's from birth: written when they have never been written before, then left alone.
 *
 * A ledger remembers what was handed over, so a file the user deletes stays deleted,
 * and a capability that is switched on later still brings its files.
 */
export class OnceFiles extends Component {
  public static of(project: Project): OnceFiles {
    const found = project.components.find((component): component is OnceFiles => component instanceof OnceFiles);
    return found ?? new OnceFiles(project);
  }

  private readonly files = new Map<string, () => string>();
  private readonly handedOver: readonly string[];

  private constructor(project: Project) {
    super(project, 'OnceFiles');
    this.handedOver = readLedger(join(project.outdir, LEDGER));
    new JsonFile(project, LEDGER, {
      obj: () => ({ files: [...new Set([...this.handedOver, ...this.files.keys()])].sort() }),
      editGitignore: false,
    });
  }

  /**
   * Hands a file over to the user, unless that has happened before.
   *
   * @param path relative to the project
   * @param text read only when the file is written
   * @throws Error when the file has another owner
   */
  public add(path: string, text: () => string): void {
    claim(this.project, path, 'what is handed to the user');
    this.files.set(path, text);
  }

  public override synthesize(): void {
    for (const [path, text] of this.files) {
      const target = join(this.project.outdir, path);
      if (!this.handedOver.includes(path) && !existsSync(target)) {
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, text());
      }
    }
  }
}

function readLedger(path: string): readonly string[] {
  if (!existsSync(path)) {
    return [];
  }
  try {
    return JSON.parse(readFileSync(path, 'utf8')).files;
  } catch (error) {
    // Taken for empty, it would bring back every file the user deleted.
    throw new Error(`${path} is not JSON: restore it from Git (${(error as Error).message})`);
  }
}
