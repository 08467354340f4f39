import { findObject } from '../../cluster/find-object.ts';
import { refText } from '../../cluster/kubernetes.ts';
import { lackingSecret } from '../../workloads/kubelet-message.ts';
import { placeText, troubledPod, type Trouble, type TroubledWorkload } from './trouble.ts';

/** Refused for a Secret or a key that is there by now: kubelet looks again by itself, and a new pod at once. */
export function mendedSecretTrouble(troubled: TroubledWorkload): Trouble | undefined {
  const { scene, workload } = troubled;
  const found = troubledPod(troubled);
  const lack = found?.state.state === 'blocked' ? lackingSecret(found.state.message) : undefined;
  if (found === undefined || lack === undefined) return undefined;
  const { ref } = workload;
  const { name, key } = lack;
  const secret = findObject(scene.snapshot.secrets.items, { namespace: ref.namespace, name });
  if (secret === undefined || (key !== undefined && !secret.data.has(key))) return undefined;
  const { container, reason } = found.state;
  const what = key === undefined ? `Secret ${name}` : `key ${key} of Secret ${name}`;
  const soon = reason === 'FailedMount' ? 'two minutes' : '15 s';
  return {
    code: 'workload-not-ready',
    message: `${refText(ref)} is not ready: ${placeText(workload, found.pod, container)} was held up for ${what}, which is there by now: kubelet looks again within ${soon}`,
    fix: scene.command('restart', ref.namespace),
  };
}
