/** One after the other: of two first imports at once jest may find a module of the one not yet linked by the other. */
export async function inTurn<Each, Made>(
  all: readonly Each[],
  make: (each: Each) => Promise<Made> | Made,
): Promise<Made[]> {
  const made: Made[] = [];
  for (const each of all) made.push(await make(each));
  return made;
}
