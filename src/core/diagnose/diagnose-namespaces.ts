import type { Finding, FindingCode } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { utcText } from '../utc-text.ts';
import type { Scene } from './diagnosis-scene.ts';

/** Namespaces that are being deleted and still hold workloads: what is missing in them cannot be made any more. */
export function diagnoseNamespaces(scene: Scene): Finding[] {
  return [...(scene.snapshot.closer?.endingNamespaces ?? [])].map(([name, since]) => {
    const held = scene.workloads.filter(({ ref }) => ref.namespace === name).map(({ ref }) => ref);
    return newFinding('namespace-terminating', {
      object: { kind: 'Namespace', namespace: '', name },
      message: `namespace ${name} was deleted at ${utcText(since)} and is not gone yet: nothing can be created in it`,
      blocks: scene.blocks(held),
      fix: `kubectl get namespace ${name} -o yaml`,
    });
  });
}

/** What can be mended by creating or writing something. */
const wanting: ReadonlySet<FindingCode> = new Set(['secret-missing', 'secret-key-missing', 'workload-missing']);

/** What is missing in such a namespace stands beneath it: no repair is taken there. */
export function beneathEnding(findings: readonly Finding[]): readonly Finding[] {
  const ending = new Map(
    findings.filter(({ code }) => code === 'namespace-terminating').map(({ object, id }) => [object.name, id]),
  );
  return findings.map((finding) => {
    const cause = wanting.has(finding.code) ? ending.get(finding.object.namespace) : undefined;
    return cause === undefined ? finding : { ...finding, causes: [...finding.causes, cause] };
  });
}
