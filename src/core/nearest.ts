/** The candidate that a misspelt word most likely meant; undefined where none is close. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  return misspelt(word, candidates)[0];
}

const mostNames = 3;

/** The few candidates that a word may have meant, the likeliest first: misspelt, or a part of the name. */
export function nearestNames(word: string, candidates: readonly string[]): string[] {
  const part = word.toLowerCase();
  const whole = part.length < 3 ? [] : candidates.filter((candidate) => candidate.toLowerCase().includes(part));
  return [...new Set([...misspelt(word, candidates), ...whole])].slice(0, mostNames);
}

function misspelt(word: string, candidates: readonly string[]): string[] {
  const limit = Math.max(2, Math.floor(word.length / 3));
  return candidates
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter((ranked) => ranked.distance <= limit && ranked.distance < word.length)
    .sort((left, right) => left.distance - right.distance)
    .map(({ candidate }) => candidate);
}

/** Levenshtein distance, one row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, character] of Array.from(a).entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const substitution = (row[j] ?? 0) + (character === b[j] ? 0 : 1);
      next.push(Math.min(substitution, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
