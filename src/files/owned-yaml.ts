import { type IResolver, type Project, YamlFile } from 'projen';
import { claim } from './claim';
import { markerOf } from './marker';
import { type Owner, ownership } from './owner';

export interface OwnedYamlOptions {
  readonly owner: Owner;
  /** Read at synthesis, when all facts are known. */
  readonly obj: () => unknown;
  /** Edits the rendered text, for what YAML objects cannot carry, such as comments. */
  readonly annotate?: (yaml: string) => string;
}

/**
 * A YAML file that is regenerated on each synthesis and says so in its first lines.
 */
export class OwnedYaml extends YamlFile {
  private readonly options: OwnedYamlOptions;

  constructor(project: Project, path: string, options: OwnedYamlOptions) {
    claim(project, path, options.owner.component);
    super(project, path, { obj: options.obj, editGitignore: false, lineWidth: 0 });
    this.options = options;
  }

  public override get marker(): string | undefined {
    return markerOf(this.project, () => super.marker);
  }

  protected override synthesizeContent(resolver: IResolver): string | undefined {
    const yaml = super.synthesizeContent(resolver);
    if (yaml === undefined) {
      return undefined;
    }
    const owned = this.marker === undefined ? yaml : yaml.replace('\n', `\n# ${ownership(this.options.owner)}\n`);
    return this.options.annotate?.(owned) ?? owned;
  }
}
