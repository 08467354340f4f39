import { destinationOf, heldWorkloads } from '../argocd/application-objects.ts';
import { argoCdParts, type ArgoCdPart } from '../argocd/argocd-parts.ts';
import { applicationHealth, applicationsInScope, isHealthy } from '../argocd/argocd.ts';
import { refId, refText, type Application, type ObjectRef } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Finding } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { count, listText } from '../list-text.ts';
import type { Scene } from './diagnosis-scene.ts';

/** Whether Argo CD itself works. */
export function diagnoseArgoCd(scene: Scene): Finding[] {
  const { argocd } = scene.snapshot;
  if (!argocd.installed) return [];
  const known = argoCdParts(argocd);
  const isUnread = argocd.deployments.gaps.length > 0 || argocd.statefulSets.gaps.length > 0;
  if (known.every(({ members }) => members.length === 0)) return isUnread ? [] : absentArgoCd(scene);
  return known.flatMap(({ name, members }) => {
    if (members.length === 0) return isUnread ? [] : [missingPart(argocd.namespace, name)];
    return members
      .filter(({ ready, wanted }) => wanted === 0 || ready < wanted)
      .map((part) => unhealthyPart(part, name));
  });
}

/** Its parts are workloads as others are, which a Secret may hold up where their namespace is looked at. */
export function explainParts(parts: readonly Finding[], secrets: readonly Finding[]): Finding[] {
  const affected = findingsByObject(secrets);
  return parts.map((part) => ({ ...part, causes: [...(affected.get(refId(part.object)) ?? [])] }));
}

function unhealthyPart({ object, ready, wanted }: ArgoCdPart, name: string): Finding {
  const state = wanted === 0 ? 'is scaled to 0' : `has ${ready} of ${count(wanted, 'pod')} ready`;
  return newFinding('argocd-unhealthy', {
    object,
    message: `${refText(object)} ${state}: ${consequences[name] ?? ''}`,
    fix: `kubectl -n ${object.namespace} get pods`,
  });
}

const consequences: Readonly<Record<string, string>> = {
  'argocd-application-controller': 'Argo CD neither syncs nor updates the health of applications',
  'argocd-repo-server': 'Argo CD cannot render manifests, so nothing syncs',
  'argocd-redis': 'Argo CD has no cache, so applications do not sync',
};

function missingPart(namespace: string, name: string): Finding {
  const kind = name === 'argocd-application-controller' ? 'StatefulSet' : 'Deployment';
  return newFinding('argocd-unhealthy', {
    object: { kind, namespace, name },
    message: `${name} does not exist in namespace ${namespace}: ${consequences[name] ?? ''}`,
    fix: `kubectl -n ${namespace} get pods`,
  });
}

/** Its controllers may run elsewhere, so an installation without any is not proven broken, and no matter of others. */
function absentArgoCd({ snapshot, stack }: Scene): Finding[] {
  const { namespace } = snapshot.argocd;
  const names = applicationsInScope(snapshot, stack).map(({ metadata }) => metadata.name);
  if (names.length === 0) return [];
  return [
    newFinding('argocd-unhealthy', {
      object: { kind: 'Namespace', namespace: '', name: namespace },
      severity: 'warning',
      message: `no Argo CD runs in namespace ${namespace}: what it says of ${count(names.length, 'application')} there may be old`,
      fix: `kubectl -n ${namespace} get pods`,
    }),
  ];
}

/**
 * Argo CD creates a later wave only once the earlier one is healthy, so what holds up one workload of an Application
 * also explains why another is not there yet.
 */
export function explainMissing(scene: Scene, roots: readonly Finding[]): Finding[] {
  const affected = findingsByObject(roots.filter(({ code }) => code !== 'workload-missing'));
  const held = heldWorkloads(scene.workloads);
  const causes = new Map<string, readonly string[]>();
  for (const application of scene.snapshot.argocd.applications.items) {
    const refs = held(application);
    const ids = [...new Set(refs.flatMap((ref) => affected.get(refId(ref)) ?? []))];
    if (ids.length > 0) for (const ref of refs) causes.set(refId(ref), ids);
  }
  return roots.map((finding) =>
    finding.code === 'workload-missing' ? { ...finding, causes: causes.get(refId(finding.object)) ?? [] } : finding,
  );
}

/**
 * Applications that are not well or say what is not so, each with the findings that hold up what it deploys: its own
 * status does not hold the reason.
 */
export function diagnoseApplications(scene: Scene, roots: readonly Finding[]): Finding[] {
  const { snapshot, stack } = scene;
  const affected = findingsByObject(roots);
  const held = heldWorkloads(scene.workloads);
  const ownRoots = roots.filter(({ code }) => code !== 'argocd-unhealthy');
  return applicationsInScope(snapshot, stack).flatMap((application) => {
    const refs = held(application);
    const broken = refs.filter((ref) => scene.readiness.get(refId(ref))?.isReady === false);
    const causes = causesOf(refs, affected, roots);
    return [
      ...(isHealthy(application)
        ? misreport(application, broken, causesOf(broken, affected, ownRoots))
        : [unhealthyApplication(application, broken, causes)]),
      ...failedSync(scene, application),
    ];
  });
}

/** Argo CD looks at counts that a controller keeps, not at pods, and at no Job of a CronJob. */
function misreport(application: Application, broken: readonly ObjectRef[], causes: readonly string[]): Finding[] {
  if (causes.length === 0 || applicationHealth(application) !== 'Healthy') return [];
  const object = refOf('Application', application.metadata);
  return [
    newFinding('argocd-application-misreports', {
      object,
      message: `Argo CD application ${object.name} says Healthy over ${brokenText(broken)}`,
      causes,
      fix: `kubectl -n ${object.namespace} annotate application ${object.name} argocd.argoproj.io/refresh=normal --overwrite`,
    }),
  ];
}

function brokenText(broken: readonly ObjectRef[]): string {
  const names = broken.map(refText).sort();
  return `${listText(names)}, which ${names.length === 1 ? 'is' : 'are'} not ready`;
}

/** What follows these words may quote a manifest, and so a value. */
const quoting = /\b(?:invalid value|cannot unmarshal|illegal base64|json:|yaml:|error converting)/i;

function failedSync(scene: Scene, application: Application): Finding[] {
  const trouble = syncTrouble(application);
  if (trouble === undefined) return [];
  const [unquoted = ''] = trouble.message?.split(quoting) ?? [];
  // A repository's address may hold a login, and what a program of Argo CD's says anything.
  const said = scene.redact(destinationOf(application), unquoted).replace(/\s+/g, ' ').trim();
  const object = refOf('Application', application.metadata);
  return [
    newFinding('argocd-sync-failed', {
      object,
      message: `Argo CD application ${object.name} does not sync: ${trouble.what}${said === '' ? '' : `: ${said}`}`,
      fix: `kubectl -n ${object.namespace} describe application ${object.name}`,
    }),
  ];
}

/** A condition says why nothing can be compared; else the last sync says how it ended. */
function syncTrouble({ status }: Application): { what: string; message?: string | undefined } | undefined {
  const condition = status?.conditions?.find(({ type }) => type.endsWith('Error'));
  if (condition !== undefined) return { what: condition.type, message: condition.message };
  const { phase = '', message } = status?.operationState ?? {};
  return phase === 'Failed' || phase === 'Error' ? { what: `its last sync is ${phase}`, message } : undefined;
}

function findingsByObject(roots: readonly Finding[]): ReadonlyMap<string, readonly string[]> {
  const byObject = new Map<string, string[]>();
  for (const { id, code, object, blocks, severity } of roots) {
    if (severity !== 'error' && code !== 'cronjob-run-failed') continue;
    for (const place of new Set([object, ...blocks].map(refId))) {
      const list = byObject.get(place);
      if (list) list.push(id);
      else byObject.set(place, [id]);
    }
  }
  return byObject;
}

/** In the order of the roots; health that nobody updates is put down to Argo CD where nothing else explains it. */
function causesOf(
  held: readonly ObjectRef[],
  affected: ReadonlyMap<string, readonly string[]>,
  roots: readonly Finding[],
): string[] {
  const ids = new Set(held.flatMap((ref) => affected.get(refId(ref)) ?? []));
  if (ids.size > 0) return roots.filter(({ id }) => ids.has(id)).map(({ id }) => id);
  return roots.filter(({ code }) => code === 'argocd-unhealthy').map(({ id }) => id);
}

function unhealthyApplication(
  application: Application,
  broken: readonly ObjectRef[],
  causes: readonly string[],
): Finding {
  const object = refOf('Application', application.metadata);
  const health = applicationHealth(application);
  const over = broken.length === 0 ? '' : ` over ${brokenText(broken)}`;
  // It waits for a count to change; nothing in it knows that it never will.
  const isStuck = health === 'Progressing' && broken.length > 0 && causes.length > 0;
  return newFinding('argocd-application-unhealthy', {
    object,
    message: `Argo CD application ${object.name} is ${health}${over}${isStuck ? ': no progress will come by itself' : ''}`,
    causes,
    fix: `kubectl -n ${object.namespace} describe application ${object.name}`,
  });
}
