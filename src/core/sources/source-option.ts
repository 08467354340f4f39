/** Where a run took its values from. */
export interface TakenFrom {
  /** As `--from` names them. */
  readonly sources?: readonly string[];
  /** The file of an identity, as `--identity` named it. */
  readonly identity?: string;
}

/** What makes another run take its values from where this one did. */
export function sourceOptions({ sources = [], identity }: TakenFrom): string[] {
  return [...sources.map(fromOption), ...(identity === undefined ? [] : [`--identity ${quoted(identity)}`])];
}

/** `--from SOURCE`, quoted where it holds what a shell takes apart. */
export function fromOption(source: string): string {
  return `--from ${quoted(source)}`;
}

/** As a shell reads one word. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
