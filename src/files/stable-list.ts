/**
 * Collects lines whose order would otherwise tell in which order capabilities were constructed.
 */
export class StableList {
  private readonly lines = new Set<string>();

  public add(line: string): void {
    this.lines.add(line);
  }

  /** Hands over all lines but those below a folder that is listed whole, sorted, and forgets them. */
  public drain(): string[] {
    const folders = [...this.lines].filter((line) => line.endsWith('/**')).map((line) => line.slice(0, -2));
    const sorted = [...this.lines]
      .filter((line) => !folders.some((folder) => line.startsWith(folder) && line !== `${folder}**`))
      .sort();
    this.lines.clear();
    return sorted;
  }
}
