/**
 * Collects lines whose order would otherwise tell in which order capabilities were constructed.
 */
export class StableList {
  private readonly lines = new Set<string>();

  public add(line: string): void {
    this.lines.add(line);
  }

  /** Hands over all lines, sorted, and forgets them. */
  public drain(): string[] {
    const sorted = [...this.lines].sort();
    this.lines.clear();
    return sorted;
  }
}
