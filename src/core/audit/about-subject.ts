import { refId } from '../cluster/kubernetes.ts';
import type { Finding } from '../findings/findings.ts';
import type { AuditSubject } from './audit-subject.ts';

/**
 * The findings that concern one object: about it, needed by it, or holding it up, with what causes those; and what could
 * not be read.
 */
export function findingsAbout(subject: AuditSubject, findings: readonly Finding[]): Finding[] {
  const own = directlyAbout(subject, findings);
  const wanted = new Set(own.map(({ id }) => id));
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  // A set gives what is added to it on the way as well.
  for (const id of wanted) for (const cause of byId.get(id)?.causes ?? []) wanted.add(cause);
  return findings.filter(({ id }) => wanted.has(id));
}

function directlyAbout(subject: AuditSubject, findings: readonly Finding[]): Finding[] {
  const id = refId(subject.object);
  const pods = new Set(
    subject.kind === 'workload'
      ? subject.pods.map(({ name }) => refId({ kind: 'Pod', namespace: subject.object.namespace, name }))
      : [],
  );
  return findings.filter((finding) => {
    const { code, object, references = [], blocks, secret } = finding;
    if (code === 'unreadable' || refId(object) === id || pods.has(refId(object))) return true;
    if (subject.kind === 'secret')
      return secret === subject.object.name && object.namespace === subject.object.namespace;
    return [...references, ...blocks].some((other) => refId(other) === id);
  });
}
