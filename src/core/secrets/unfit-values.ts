import type { Pod } from '../cluster/kubernetes-pod.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import type { Stack } from '../stack/stack.ts';
import type { Workload } from '../workloads/workloads.ts';
import { secretReferences } from './references.ts';
import { requirements, type Requirement } from './requirements.ts';
import type { SecretsView } from './secrets-view.ts';
import { isWrittenAfter, valueText } from './value-age.ts';

/** The required values that are there and known to be wrong. */
export function unfitValues(snapshot: Snapshot, stack?: Stack): readonly Requirement[] {
  return requirements(snapshot, stack).filter(
    ({ required, state }) => required && (state === 'invalid' || state === 'placeholder'),
  );
}

/** Why new pods would begin with a value that is known to be wrong, where those that run began before it was written. */
export function unfitText(
  { ref, podSpec }: Pick<Workload, 'ref' | 'podSpec'>,
  pods: readonly Pod[],
  { unfit, view }: { readonly unfit: readonly Requirement[]; readonly view: SecretsView },
): string | undefined {
  const here = unfit.filter(({ namespace }) => namespace === ref.namespace);
  if (here.length === 0) return undefined;
  const references = secretReferences(ref, podSpec);
  const isTaken = ({ secret, key }: Requirement): boolean =>
    references.some(
      (reference) =>
        reference.secret === secret &&
        (reference.key ?? key) === key &&
        pods.some(({ metadata }) => isWrittenAfter(metadata.creationTimestamp, { ...reference, key }, view)),
    );
  const found = here.find(isTaken);
  if (found === undefined) return undefined;
  const { secret, key, detail = 'is wrong' } = found;
  return `${valueText({ secret, key })} ${detail}: c2l fix-secrets --overwrite ${secret}/${key}`;
}
