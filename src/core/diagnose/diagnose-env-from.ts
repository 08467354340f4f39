import { refId, refText } from '../cluster/kubernetes.ts';
import type { Finding } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { listText } from '../list-text.ts';
import type { Scene } from './diagnosis-scene.ts';

/** Containers that take a whole Secret as their environment, and start silently without some of it. */
export function diagnoseEnvFrom(scene: Scene, secrets: readonly Finding[]): Finding[] {
  return [...absentVariables(scene, secrets), ...skippedNames(scene)];
}

/** kubelet does not know which keys such a container needs: only the stack says so. */
function absentVariables(scene: Scene, secrets: readonly Finding[]): Finding[] {
  const missing = secrets.filter(({ code }) => code === 'secret-key-missing');
  const byTaker = new Map<string, Set<Finding>>();
  for (const finding of missing) {
    for (const place of finding.references ?? []) {
      if (place.via !== 'envFrom') continue;
      const id = refId(place);
      byTaker.set(id, (byTaker.get(id) ?? new Set()).add(finding));
    }
  }
  if (byTaker.size === 0) return [];
  return scene.workloads.flatMap(({ ref }) => {
    const causes = [...(byTaker.get(refId(ref)) ?? [])];
    if (causes.length === 0) return [];
    const keys = causes.map(({ key, secret }) => `${key ?? ''} of Secret ${secret ?? ''}`);
    return newFinding('env-from-key-absent', {
      object: ref,
      message: `${refText(ref)} takes its Secret as a whole (envFrom), so that it starts without ${listText(keys)} and nothing says so: kubelet waits only for keys that are named`,
      causes: causes.map(({ id }) => id),
      fix: scene.command('fix-secrets', ref.namespace),
    });
  });
}

const skipped = /^Keys \[(.*)\] from the EnvFrom secret ([^/\s]+)\/(\S+) were skipped/;

/** A kubelet before 1.32 leaves out keys that are no names for variables, and says so in an event alone. */
function skippedNames(scene: Scene): Finding[] {
  const found = scene.snapshot.events.items.flatMap(({ reason, message = '' }) => {
    const [, keys = '', namespace = '', name = ''] = skipped.exec(message) ?? [];
    return reason === 'InvalidEnvironmentVariableNames' && name !== '' ? [{ keys, namespace, name }] : [];
  });
  return [...new Map(found.map((each) => [`${each.namespace}/${each.name}`, each])).values()].map(
    ({ keys, namespace, name }) => {
      const object = { kind: 'Secret', namespace, name };
      return newFinding('env-from-name-invalid', {
        object,
        secret: name,
        message: `kubelet leaves out ${listText(keys.split(', '))} of ${refText(object)}, which a container takes as a whole (envFrom): these are no names for variables`,
        fix: `kubectl -n ${namespace} get events --field-selector reason=InvalidEnvironmentVariableNames`,
      });
    },
  );
}
