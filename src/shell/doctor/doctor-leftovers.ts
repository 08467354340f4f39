import { refText } from '../../core/cluster/kubernetes.ts';
import type { Finding } from '../../core/findings/findings.ts';
import { newFinding } from '../../core/findings/new-finding.ts';
import { count } from '../../core/list-text.ts';
import type { Examination } from '../../core/reports/doctor-report.ts';
import { bySecret } from '../../core/revisions/history.ts';
import type { Session } from '../session.ts';
import { findLeftovers, type Leftovers } from './leftovers.ts';

/** Drills that are not finished, and what earlier runs left in the cluster. */
export async function examineLeftovers(
  session: Session,
  journalNamespace: string,
): Promise<{ readonly examinations: readonly Examination[]; readonly findings: readonly Finding[] }> {
  const found = await findLeftovers(session, journalNamespace);
  const findings = unfinished(found);
  const gaps = found.gaps.map(({ resource, namespace, reason }): Examination => {
    const where = namespace === '' ? ' -A' : ` -n ${namespace}`;
    return {
      name: 'leftovers',
      state: 'unreadable',
      detail: reason,
      next: `kubectl auth can-i list ${resource}${where}`,
    };
  });
  return {
    findings,
    examinations: [
      ...findings.map(({ message, fix }): Examination => {
        return { name: 'drills', state: 'problem', detail: message, next: fix };
      }),
      ...gaps.filter(({ detail }, index) => gaps.findIndex((gap) => gap.detail === detail) === index),
      ...(gaps.length > 0 ? [] : readable(found)),
    ],
  };
}

function readable(found: Leftovers): Examination[] {
  const { revisions, pauses, markers, orphans } = found;
  const { remains } = found.removable;
  const none: Examination = { name: 'drills', state: 'ok', detail: 'none is unfinished' };
  const results = remains.filter(({ what }) => what === 'results');
  const copies = remains.filter(({ what }) => what !== 'results');
  const places = [...new Set(copies.map(({ secret }) => secret.metadata.namespace))].join(', ');
  return [
    ...(markers.length + orphans.length > 0 ? [] : [none]),
    ...(copies.length === 0
      ? []
      : [
          {
            name: 'drill copies',
            state: 'lacking' as const,
            detail: `${count(copies.length, 'Secret')} of finished drills still in namespace ${places}`,
            next: 'c2l doctor --clean',
          },
        ]),
    ...pauses.map(({ object }): Examination => ({
      name: 'paused sync',
      state: 'lacking',
      detail: `${refText(object)} in namespace ${object.namespace} does not sync`,
      next: `c2l restore-sync -n ${object.namespace}`,
    })),
    ...(results.length === 0
      ? []
      : [
          {
            name: 'drill results',
            state: 'ok' as const,
            detail: `kept of ${results.map(({ of }) => of).join(', ')}`,
            next: 'c2l dr-drill history',
          },
        ]),
    revisions.length === 0
      ? { name: 'revisions', state: 'ok', detail: 'none is kept' }
      : {
          name: 'revisions',
          state: 'ok',
          detail: `${count(revisions.length, 'revision')} of ${count(bySecret(revisions).length, 'Secret')} kept`,
          next: 'c2l history',
        },
  ];
}

function unfinished({ markers, orphans }: Leftovers): Finding[] {
  const lost = new Map(orphans.map((orphan) => [`${orphan.of}/${orphan.id}`, orphan]));
  return [
    ...markers.map(({ scenario, isArmed, secret: { metadata } }) => {
      const { namespace, name } = metadata;
      const broken = isArmed ? ', and something may still be broken' : '';
      return newFinding('drill-unfinished', {
        object: { kind: 'Secret', namespace, name },
        message: `drill ${scenario} in namespace ${namespace} is not finished${broken}`,
        fix: `c2l dr-drill abort -n ${namespace}`,
      });
    }),
    ...[...lost.values()].map(({ of, secret: { metadata } }) => {
      const { namespace, name } = metadata;
      return newFinding('drill-unfinished', {
        object: { kind: 'Secret', namespace, name },
        message: `a drill in namespace ${of} was not put back and its lock is gone: its copies are in namespace ${namespace}`,
        fix: `kubectl -n ${namespace} get secrets -l c2l.dev/drill`,
      });
    }),
  ];
}
