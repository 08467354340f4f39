import { refText } from '../../cluster/kubernetes.ts';
import { keptSecrets } from '../../secrets/kept-secrets.ts';
import { podNeed } from '../../secrets/pod-need.ts';
import { secretsView } from '../../secrets/secrets-view.ts';
import { placeText, troubledPod, type Trouble, type TroubledWorkload } from './trouble.ts';

/** The Secret has the key that kubelet does not find: it asks for an immutable one only once, and has the old one. */
export function keptSecretTrouble(troubled: TroubledWorkload): Trouble | undefined {
  const { scene, workload } = troubled;
  const found = troubledPod(troubled);
  if (found === undefined) return undefined;
  const { pod, state } = found;
  const view = secretsView(scene.snapshot);
  const need = podNeed(pod, view);
  const [kept] = need.need === 'replace' ? keptSecrets(pod, need, view) : [];
  if (kept === undefined) return undefined;
  const key = /find key (\S+)/.exec(state.message ?? '')?.[1];
  const lack = key === undefined ? 'does not find its keys' : `does not find key ${key}`;
  const { ref } = workload;
  return {
    code: 'workload-not-ready',
    message: `${refText(ref)} is not ready: ${placeText(workload, pod, state.container)} ${lack}: kubelet keeps the old Secret ${kept.metadata.name}, which is immutable, as long as any pod of its node refers to it`,
    fix: scene.command('restart', ref.namespace),
  };
}
