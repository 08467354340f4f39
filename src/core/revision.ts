import type { Secret } from './secret.ts';
import type { SecretValue } from './secret-value.ts';

/** The type of a Secret that holds what another one held before c2l changed it. */
export const revisionType = 'c2l.dev/revision';
export const revisionOfLabel = 'c2l.dev/revision-of';

/** Who changes a Secret, when, and which keys: kept with the revision so that `history` can tell. */
export interface RevisionContext {
  readonly at: Date;
  readonly operator: string;
  readonly version: string;
  readonly command: string;
  readonly changedKeys: readonly string[];
}

/** A Secret to be created beside the one that is about to change. */
export interface Revision {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly data: ReadonlyMap<string, SecretValue>;
}

/**
 * A copy of the data alone. Labels and annotations stay behind: with Argo CD's tracking id or label the copy would be
 * pruned as something that Git does not hold.
 */
export function revisionOf(secret: Secret, context: RevisionContext): Revision {
  const { name, namespace } = secret.metadata;
  return {
    namespace,
    name: revisionName(name, context.at),
    type: revisionType,
    labels: { [revisionOfLabel]: labelValue(name) },
    annotations: {
      'c2l.dev/secret-name': name,
      'c2l.dev/secret-type': secret.type,
      'c2l.dev/kept-at': context.at.toISOString(),
      'c2l.dev/kept-by': context.operator,
      'c2l.dev/version': context.version,
      'c2l.dev/command': context.command,
      'c2l.dev/changed-keys': context.changedKeys.join(','),
    },
    data: secret.data,
  };
}

const longestName = 253;
const longestLabelValue = 63;

function revisionName(name: string, at: Date): string {
  const suffix = `.c2l-${at
    .toISOString()
    .toLowerCase()
    .replace(/[^0-9tz]/g, '')}`;
  return trimmed(name, longestName - suffix.length) + suffix;
}

/** The label of a longer name is its beginning; the annotation holds all of it. */
function labelValue(name: string): string {
  return trimmed(name, longestLabelValue);
}

/** Names and label values must not end in a separator where they were cut. */
function trimmed(name: string, length: number): string {
  return name.slice(0, length).replace(/[-.]+$/, '');
}
