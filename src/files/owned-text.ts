import { FileBase, type IResolver, type Project } from 'projen';
import { claim } from './claim';
import { commentFor } from './comment';
import { markerOf } from './marker';
import { type Owner, ownership } from './owner';

export interface OwnedTextOptions {
  readonly owner: Owner;
  /** Read at synthesis, when all facts are known. */
  readonly text: () => string;
  readonly executable?: boolean;
}

/**
 * A text file that is regenerated on each synthesis and says so in its first lines.
 */
export class OwnedText extends FileBase {
  private readonly options: OwnedTextOptions;

  constructor(project: Project, path: string, options: OwnedTextOptions) {
    claim(project, path, options.owner.component);
    super(project, path, { editGitignore: false, executable: options.executable });
    this.options = options;
  }

  public override get marker(): string | undefined {
    return markerOf(this.project, () => super.marker);
  }

  protected override synthesizeContent(_resolver: IResolver): string {
    const text = this.options.text();
    const comment = commentFor(this.path);
    const header = this.marker === undefined ? [] : [comment(this.marker), comment(ownership(this.options.owner))];
    const first = FIRST.exec(text)?.[0] ?? '';
    const body = text.slice(first.length).replace(/\n*$/, '\n');
    return `${first}${header.map((line) => `${line}\n`).join('')}${header.length > 0 && !body.startsWith('\n') ? '\n' : ''}${body}`;
  }
}

/** What only works in the first lines: a shebang, or the directives of a Dockerfile. */
const FIRST = /^(?:#!.*\n|(?:# (?:syntax|escape|check)=.*\n)+)/;
