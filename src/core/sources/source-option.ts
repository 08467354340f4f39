/** Where a run took its values from, and how. */
export interface TakenFrom {
  /** As `--from` names them. */
  readonly sources?: readonly string[];
  /** The file of an identity, as `--identity` named it. */
  readonly identity?: string;
  /** Other flags that shaped what it did, as they are typed. */
  readonly flags?: readonly string[];
}

/** What makes another run take its values from where this one did. */
export function sourceOptions({ sources = [], identity }: TakenFrom): string[] {
  return [...sources.map(fromOption), ...(identity === undefined ? [] : [`--identity ${quoted(identity)}`])];
}

/** The same with all else that shaped the run, for another one as it was. */
export function againOptions(taken: TakenFrom): string[] {
  return [...sourceOptions(taken), ...(taken.flags ?? [])];
}

/** The same for a repair of what is left: a plan that was reviewed is carried out by then. */
export function repairOptions({ flags = [], ...taken }: TakenFrom): string[] {
  return againOptions({ ...taken, flags: flags.filter((flag) => !flag.startsWith('--plan ')) });
}

/** `--from SOURCE`, quoted where it holds what a shell takes apart. */
export function fromOption(source: string): string {
  return `--from ${quoted(source)}`;
}

/** As a shell reads one word. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
