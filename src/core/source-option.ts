/** `--from SOURCE`, quoted where it holds what a shell takes apart. */
export function fromOption(source: string): string {
  return `--from ${/^[\w@%+=:,./~-]+$/.test(source) ? source : `'${source.replaceAll("'", String.raw`'\''`)}'`}`;
}
