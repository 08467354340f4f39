import { keyId, noSource, promptSource, type SecretPlan } from './plan-secrets.ts';
import type { PlannedKey } from './planned-secret.ts';

/** What there is to say of keys, by their identity. */
export interface PlanNotes {
  /** What sources had, and why that is no value. */
  readonly refusals: ReadonlyMap<string, readonly string[]>;
  /** Which source holds another value than the one that stays. */
  readonly differing: ReadonlyMap<string, string>;
}

/** The plan with what explains where its values come from. */
export function withNotes(plan: SecretPlan, { refusals, differing }: PlanNotes): SecretPlan {
  const keys = plan.keys.map((planned): PlannedKey => {
    const { key, change, source } = planned;
    const { namespace, name } = plan.object;
    const id = keyId({ namespace, secret: name, key });
    const differsIn = change === 'KEEP' ? differing.get(id) : undefined;
    if (differsIn !== undefined) return { ...planned, differsIn };
    const isOpen = source === undefined || source === promptSource || source === noSource;
    const passedOver = isOpen ? undefined : refusals.get(id);
    return passedOver === undefined ? planned : { ...planned, passedOver };
  });
  return { ...plan, keys };
}
