import { OperatorError } from '../../errors.ts';
import type { ObjectRef } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Secret } from '../cluster/secret.ts';
import { utcText } from '../utc-text.ts';

/** The API takes writes into a Secret that was deleted and that a finalizer holds, and they are lost with it. */
export function endingRefusal({ metadata }: Secret): OperatorError {
  const { namespace, name, deletionTimestamp = '', finalizers = [] } = metadata;
  const holders = finalizers.length === 0 ? 'is gone in a moment' : `only ${finalizers.join(', ')} still holds it`;
  return new OperatorError(
    'secret-owned',
    `Secret ${namespace}/${name} was deleted at ${utcText(deletionTimestamp)}, ${holders}: what is written into it goes with it`,
    {
      hint: `${showFinalizers(refOf('Secret', metadata))} shows who has to let it go; once it is gone: c2l fix-secrets -n ${namespace}`,
    },
  );
}

/** Without its values, which `-o yaml` would show. */
export function showFinalizers({ namespace, name }: ObjectRef): string {
  return `kubectl -n ${namespace} get secret ${name} -o jsonpath='{.metadata.finalizers}'`;
}
