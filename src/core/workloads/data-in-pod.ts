import type { Container, Pod } from '../cluster/kubernetes-pod.ts';
import { refId } from '../cluster/kubernetes.ts';
import type { Stack } from '../stack/stack.ts';
import { componentRef } from './dependencies.ts';
import { containerStatuses } from './pod-state.ts';
import type { Workload } from './workloads.ts';

/** Where the data of a container lies, and goes with its pod. */
export interface DataInPod {
  readonly container: string;
  readonly place: 'an emptyDir' | 'its own file system';
}

interface DatabaseImage {
  readonly name: RegExp;
  readonly folder: string;
  /** The variable that moves it. */
  readonly variable?: string;
}

/** Databases whose data nobody can make anew, by the last part of their image's name. */
const databaseImages: readonly DatabaseImage[] = [
  { name: /^(postgres|postgresql|postgis|timescaledb|pgvector)$/, folder: '/var/lib/postgresql', variable: 'PGDATA' },
  { name: /^(mysql|mysql-server|mariadb|percona|percona-server)$/, folder: '/var/lib/mysql' },
  { name: /^(mongo|mongodb)$/, folder: '/data/db' },
];

/**
 * Where a database keeps its data, if that place is lost with its pod. A database is what the stack logs in to or says
 * holds data, and what runs the image of one; the stack may say of those that they hold none.
 */
export function dataInPod(workload: Workload, stack: Stack | undefined): readonly DataInPod[] {
  const declared = stack?.components.find((each) => refId(componentRef(stack, each)) === refId(workload.ref));
  if (declared?.holdsData === false) return [];
  const { containers } = workload.podSpec;
  const databases = containers.flatMap((container) => {
    const image = databaseImages.find(({ name }) => name.test(imageName(container)));
    return image === undefined ? [] : [placed(container, folderOf(container, image), workload)];
  });
  if (databases.length > 0) return databases.filter(isInPod);
  const isDatabase = declared?.holdsData ?? declared?.checks.some(({ kind }) => kind === 'postgres-login');
  if (isDatabase !== true) return [];
  // Its image does not tell which container it is: any that keeps something may be it.
  const places = containers.map((container) => placed(container, undefined, workload));
  return places.every(isInPod) ? places : [];
}

/** Where a pod has data to lose: a container that was never started has none, nor one that starts over. */
export function dataToLose(pod: Pod, data: readonly DataInPod[]): DataInPod['place'] | undefined {
  const statuses = containerStatuses(pod);
  return data.find(({ container, place }) => {
    const status = statuses.find(({ name }) => name === container);
    if (status?.state?.running !== undefined) return true;
    const { state, lastState, restartCount = 0 } = status ?? {};
    const hasRun = restartCount > 0 || state?.terminated !== undefined || lastState?.terminated !== undefined;
    // The file system of a container goes with each end of it; an emptyDir stays as long as the pod.
    return hasRun && place === 'an emptyDir';
  })?.place;
}

/** Where data of a workload lies that would be lost if these pods of it went. */
export function placeOfLoss(
  workload: Workload,
  pods: readonly Pod[],
  stack: Stack | undefined,
): DataInPod['place'] | undefined {
  const data = dataInPod(workload, stack);
  return pods.map((pod) => dataToLose(pod, data)).find((place) => place !== undefined);
}

export function lossText(place: DataInPod['place']): string {
  return `its data is on ${place} and would be lost`;
}

interface Placed {
  readonly container: string;
  readonly place: DataInPod['place'] | 'kept';
}

function placed(container: Container, folder: string | undefined, workload: Workload): Placed {
  return { container: container.name, place: placeOf(container, folder, workload) };
}

function isInPod(found: Placed): found is DataInPod {
  return found.place !== 'kept';
}

function imageName({ image = '' }: Container): string {
  return (
    image
      .replace(/[:@].*$/, '')
      .split('/')
      .at(-1) ?? ''
  );
}

function folderOf({ env = [] }: Container, { folder, variable }: DatabaseImage): string {
  return env.find(({ name }) => name === variable)?.value ?? folder;
}

function placeOf({ volumeMounts = [] }: Container, folder: string | undefined, workload: Workload): Placed['place'] {
  const mounted = volumeMounts.map(({ name, mountPath }) => ({ mountPath, kind: volumeKind(name, workload) }));
  const holding = mounted.filter(({ mountPath }) => folder !== undefined && isWithin(folder, mountPath));
  const [nearest] = holding.sort((left, right) => right.mountPath.length - left.mountPath.length);
  // An image may have its data below the folder that everybody knows.
  const below = mounted.filter(({ mountPath }) => folder !== undefined && isWithin(mountPath, folder));
  const meant = nearest === undefined ? below : [nearest];
  const kinds = (meant.length > 0 ? meant : mounted).map(({ kind }) => kind);
  if (kinds.includes('kept')) return 'kept';
  return kinds.includes('scratch') ? 'an emptyDir' : 'its own file system';
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder.replace(/\/$/, '')}/`);
}

function volumeKind(name: string, { type, object, podSpec }: Workload): 'kept' | 'scratch' | 'settings' {
  const claimed = type === 'StatefulSet' ? (object.spec.volumeClaimTemplates ?? []) : [];
  if (claimed.some(({ metadata }) => metadata?.name === name)) return 'kept';
  const volume = podSpec.volumes?.find((each) => each.name === name);
  if (volume === undefined) return 'settings';
  const { secret, configMap, projected, downwardAPI, csi, emptyDir, ephemeral } = volume;
  if ([emptyDir, ephemeral].some((source) => source !== undefined)) return 'scratch';
  return [secret, configMap, projected, downwardAPI, csi].some((source) => source !== undefined) ? 'settings' : 'kept';
}
