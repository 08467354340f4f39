import { findObject } from '../../core/cluster/find-object.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import type { StackValue } from '../../core/stack/stack.ts';
import type { PlannedCheck } from '../../core/verify/checks.ts';
import type { Attempt } from './attempt.ts';

/** A login that was refused is not tried again before its Secret changes or so much time has passed. */
const pauseMs = 600_000;

interface Refused {
  readonly version: string;
  readonly at: number;
  readonly attempt: Attempt;
}

/** Remembers refused logins over rounds: some servers lock an account after a few wrong passwords. */
export class RefusedLogins {
  readonly #refused = new Map<string, Refused>();

  /** The attempt, or what came of the last one where another would only be refused again. */
  async attempt(
    check: PlannedCheck,
    { snapshot, at }: { readonly snapshot: Snapshot; readonly at: number },
    tryNow: () => Promise<Attempt>,
  ): Promise<Attempt> {
    const version = credentialsVersion(check, snapshot);
    const before = this.#refused.get(check.id);
    if (before?.version === version && at - before.at < pauseMs) return before.attempt;
    const attempt = await tryNow();
    this.#refused.delete(check.id);
    if (attempt.outcome === 'fail' && !attempt.canHeal && version !== '') {
      this.#refused.set(check.id, { version, at, attempt });
    }
    return attempt;
  }
}

/** The versions of the Secrets that a check logs in with; empty for one that logs in nowhere. */
function credentialsVersion(check: PlannedCheck, { secrets }: Snapshot): string {
  return credentialsOf(check)
    .flatMap((value) => ('secret' in value ? [value.secret] : []))
    .map((name) => {
      const found = findObject(secrets.items, { namespace: check.object.namespace, name });
      return `${name}@${found?.metadata.resourceVersion ?? ''}`;
    })
    .join(' ');
}

function credentialsOf(check: PlannedCheck): StackValue[] {
  if (check.kind === 'postgres-login') return [check.spec.user, check.spec.password];
  if (check.kind !== 'http' || check.spec.basicAuth === undefined) return [];
  return [check.spec.basicAuth.user, check.spec.basicAuth.password];
}
