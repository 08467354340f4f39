/** Polls until `look` gives a value; a timeout says what was seen last. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined>,
  options: { readonly within: number; readonly every?: number; readonly seen?: () => Promise<string> },
): Promise<T> {
  const end = performance.now() + options.within;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (performance.now() > end) {
      const seen = (await options.seen?.()) ?? '';
      throw new Error(`${what}: not within ${String(options.within / 1000)} s${seen && `; seen last: ${seen}`}`);
    }
    await new Promise((resolve) => setTimeout(resolve, options.every ?? 250));
  }
}
