import { OperatorError } from '../../errors.ts';
import type { ObjectMeta } from '../cluster/kubernetes-metadata.ts';
import type { ObjectRef } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Secret } from '../cluster/secret.ts';
import { listText } from '../list-text.ts';
import { utcText } from '../utc-text.ts';

/** That it was deleted and who still holds it: what a Secret is told by that is not gone yet. */
export function endingText({ deletionTimestamp = '', finalizers = [] }: ObjectMeta): string {
  const holders = finalizers.length === 0 ? 'it is gone in a moment' : `only ${listText(finalizers)} still holds it`;
  return `was deleted at ${utcText(deletionTimestamp)}: ${holders}`;
}

/** The API takes writes into a Secret that was deleted and that a finalizer holds, and they are lost with it. */
export function endingRefusal({ metadata }: Secret): OperatorError {
  const { namespace, name } = metadata;
  return new OperatorError(
    'secret-owned',
    `Secret ${namespace}/${name} ${endingText(metadata)}, and what is written into it goes with it`,
    {
      hint: `${showFinalizers(refOf('Secret', metadata))} shows who has to let it go; once it is gone: c2l fix-secrets -n ${namespace}`,
    },
  );
}

/** Without its values, which `-o yaml` would show. */
export function showFinalizers({ namespace, name }: ObjectRef): string {
  return `kubectl -n ${namespace} get secret ${name} -o jsonpath='{.metadata.finalizers}'`;
}
