import type { Snapshot } from '../cluster/snapshot.ts';
import { compareFindings, type Finding } from '../findings/findings.ts';
import type { Stack } from '../stack/stack.ts';
import { diagnoseArgoCdCredentials } from './diagnose-argocd-credentials.ts';
import { diagnoseApplications, diagnoseArgoCd, explainMissing, explainParts } from './diagnose-argocd.ts';
import { diagnoseCertificates } from './diagnose-certificates.ts';
import { diagnoseComponents } from './diagnose-components.ts';
import { diagnoseConfigMaps } from './diagnose-config-maps.ts';
import { diagnoseEnvFrom } from './diagnose-env-from.ts';
import { diagnoseFailedRuns } from './diagnose-failed-runs.ts';
import { beneathEnding, diagnoseNamespaces } from './diagnose-namespaces.ts';
import { diagnoseNextStart } from './diagnose-next-start.ts';
import { diagnoseNodes } from './diagnose-nodes.ts';
import { diagnosePauses } from './diagnose-pauses.ts';
import { diagnosePullSecrets } from './diagnose-pull-secrets.ts';
import { diagnoseRollouts } from './diagnose-rollouts.ts';
import { diagnoseSecretHygiene } from './diagnose-secret-hygiene.ts';
import { diagnoseSecrets } from './diagnose-secrets.ts';
import { diagnoseUnreadable } from './diagnose-unreadable.ts';
import { diagnoseValues } from './diagnose-values.ts';
import { diagnoseWorkloads } from './diagnose-workloads.ts';
import { diagnoseWriters } from './diagnose-writers.ts';
import { buildScene } from './diagnosis-scene.ts';

/**
 * Everything that is wrong, each root cause once with what it blocks. `stack` is the part of a stack that lies in the
 * looked-at namespaces; without one everything is told from live references.
 */
export function diagnose(snapshot: Snapshot, stack?: Stack): Finding[] {
  const scene = buildScene(snapshot, stack);
  const { roots: writers, secrets } = diagnoseWriters(scene, [
    ...diagnoseSecrets(scene),
    ...diagnosePullSecrets(scene),
    ...diagnoseCertificates(scene),
    ...diagnoseValues(scene),
  ]);
  const stated = [
    ...writers,
    ...secrets,
    ...diagnoseConfigMaps(scene),
    ...diagnoseNodes(scene),
    ...diagnoseComponents(scene),
    ...diagnoseNamespaces(scene),
    ...explainParts(diagnoseArgoCd(scene), secrets),
    ...diagnoseArgoCdCredentials(scene),
  ];
  const roots = beneathEnding(explainMissing(scene, [...stated, ...diagnoseWorkloads(scene, stated)]));
  const runs = diagnoseFailedRuns(scene, roots);
  const findings = [
    ...roots,
    ...runs,
    ...diagnoseNextStart(scene, secrets),
    ...diagnoseEnvFrom(scene, secrets),
    ...diagnoseRollouts(scene, roots),
    ...diagnoseApplications(scene, [...roots, ...runs]),
    ...diagnoseSecretHygiene(scene),
    ...diagnosePauses(snapshot),
    ...diagnoseUnreadable(scene),
  ];
  return findings.sort(compareFindings);
}
