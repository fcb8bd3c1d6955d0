import { JsonFile, type Project } from 'projen';
import { claim } from './claim';
import { markerOf } from './marker';
import { type Owner, ownership } from './owner';

export interface OwnedJsonOptions {
  readonly owner: Owner;
  /** Read at synthesis, when all facts are known. */
  readonly obj: () => unknown;
}

/**
 * A JSON file that is regenerated on each synthesis and says so in its `//` member.
 */
export class OwnedJson extends JsonFile {
  private readonly owner: Owner;

  constructor(project: Project, path: string, options: OwnedJsonOptions) {
    claim(project, path, options.owner.component);
    super(project, path, { obj: options.obj, editGitignore: false });
    this.owner = options.owner;
  }

  public override get marker(): string | undefined {
    const marker = markerOf(this.project, () => super.marker);
    return marker && `${marker} ${ownership(this.owner)}`;
  }
}
