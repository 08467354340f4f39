import type { Finding } from './findings.ts';

/** What became different from one look to the next. */
export interface FindingChanges {
  readonly fresh: readonly Finding[];
  readonly gone: readonly Finding[];
  readonly changed: readonly { readonly before: Finding; readonly after: Finding }[];
  /** What the next look is compared with. */
  readonly standing: readonly Finding[];
}

/** A finding that is not seen while something could not be read is not gone: it stands until it can be looked for again. */
export function findingChanges(before: readonly Finding[], now: readonly Finding[]): FindingChanges {
  const earlier = new Map(before.map((finding) => [finding.id, finding]));
  const seen = new Set(now.map(({ id }) => id));
  const left = before.filter(({ id }) => !seen.has(id));
  const isBlind = now.some(({ code }) => code === 'unreadable');
  const hidden = isBlind ? left.filter(({ code }) => code !== 'unreadable') : [];
  return {
    fresh: now.filter(({ id }) => !earlier.has(id)),
    gone: left.filter((finding) => !hidden.includes(finding)),
    changed: now.flatMap((after) => {
      const found = earlier.get(after.id);
      return found === undefined || words(found) === words(after) ? [] : [{ before: found, after }];
    }),
    standing: [...now, ...hidden],
  };
}

/** What a person would read as another finding. */
function words({ severity, message, blocks }: Finding): string {
  return JSON.stringify([severity, message, blocks]);
}
