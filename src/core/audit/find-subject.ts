import { refId, refText, type ObjectRef } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Gap, Listing } from '../cluster/snapshot.ts';
import { compareText } from '../compare-text.ts';
import type { Scene } from '../diagnose/diagnosis-scene.ts';
import { listText } from '../list-text.ts';
import { nearestNames } from '../nearest.ts';
import { credentialUses } from '../owners/store-credentials.ts';

/** What a word on the command line means in the cluster; where it means nothing, or several things, what to type instead. */
export type FoundSubject =
  | { readonly ok: true; readonly kind: 'workload' | 'secret'; readonly ref: ObjectRef }
  | {
      readonly ok: false;
      readonly message: string;
      readonly hint: string;
      /** Otherwise nothing of the name was seen, which `hiddenBy` may explain. */
      readonly isSeen?: boolean;
    };

/** Kinds as kubectl lets them be typed. */
const kinds: Readonly<Record<string, string>> = {
  secret: 'Secret',
  pod: 'Pod',
  po: 'Pod',
  deployment: 'Deployment',
  deploy: 'Deployment',
  statefulset: 'StatefulSet',
  sts: 'StatefulSet',
  daemonset: 'DaemonSet',
  ds: 'DaemonSet',
  job: 'Job',
  cronjob: 'CronJob',
  cj: 'CronJob',
};

/**
 * What something of that name may hide in. `unlisted` is why Secrets were not listed, also where those that something
 * needs were read by name since.
 */
export function hiddenBy({ snapshot }: Scene, word: string, unlisted: readonly Gap[]): readonly Gap[] {
  const kind = kindIn(word);
  if (kind === 'Secret') return unlisted;
  const { pods, deployments, statefulSets, daemonSets, jobs, cronJobs } = snapshot;
  const listings: Readonly<Record<string, Pick<Listing<unknown>, 'gaps'>>> = {
    Pod: pods,
    Deployment: deployments,
    StatefulSet: statefulSets,
    DaemonSet: daemonSets,
    Job: jobs,
    CronJob: cronJobs,
  };
  return Object.entries(listings).flatMap(([each, { gaps }]) => (kind === undefined || kind === each ? gaps : []));
}

function kindIn(word: string): string | undefined {
  return word.includes('/') ? kindOf(word.split('/', 1)[0] ?? '') : undefined;
}

/** `deployment/api`, `api`, `pod/api-0`, `api-0`, `secret/NAME`. */
export function findSubject(scene: Scene, word: string): FoundSubject {
  if (!/^(?:[^/]+\/)?[^/]+$/.test(word)) {
    const hint = 'c2l audit deployment/NAME or c2l audit secret/NAME';
    return { ok: false, isSeen: true, message: `"${word}" names no object`, hint };
  }
  const [, name = word] = word.split('/', 2);
  const kind = kindIn(word);
  if (kind === 'Secret') return secretOf(scene, word, name);

  const workloads = scene.workloads.map(({ ref }) => ref).filter((ref) => isOfKind(ref, kind));
  const direct = withName(workloads, name);
  // A pod that belongs to a workload is explained by it.
  const owners = scene.workloads.filter(
    ({ pods }) => (kind === undefined || kind === 'Pod') && pods.some(({ metadata }) => metadata.name === name),
  );
  const found = direct.length > 0 ? direct : owners.map(({ ref }) => ref);
  const answer = chosen(word, 'workload', { found, all: workloads, listed: [['there are', workloads]] });
  return answer.ok || found.length > 0 ? answer : (elsewhere(scene, word, { kind, name }) ?? answer);
}

/** What is known of a name that no workload has. */
function elsewhere(
  scene: Scene,
  word: string,
  { kind, name }: { readonly kind: string | undefined; readonly name: string },
): FoundSubject | undefined {
  if (kind !== undefined && !isExplained(kind)) {
    const message = `${word} is neither a workload nor a Secret, and those alone are explained`;
    return { ok: false, message, hint: 'c2l audit' };
  }
  const over = notLookedAt(scene, kind, name);
  if (over !== undefined) {
    const message = `${refText(over)} has ended or is being deleted, and is not looked at`;
    return {
      ok: false,
      isSeen: true,
      message,
      hint: `kubectl -n ${over.namespace} describe ${over.kind.toLowerCase()} ${name}`,
    };
  }
  const message = `no workload called ${name} was found`;
  if (withName(secretRefs(scene), name).length > 0) {
    return { ok: false, message, hint: `there is a Secret of that name: c2l audit secret/${name}` };
  }
  const holder = scene.needs.find(({ keys }) => keys.some(({ key }) => key === name));
  if (holder === undefined || kind !== undefined) return undefined;
  return { ok: false, message, hint: `there is a key of that name: c2l audit secret/${holder.name}` };
}

function kindOf(word: string): string {
  const typed = word.toLowerCase();
  return kinds[typed] ?? kinds[typed.replace(/s$/, '')] ?? word;
}

function isExplained(kind: string): boolean {
  return Object.values(kinds).some((known) => known.toLowerCase() === kind.toLowerCase());
}

/** A Job or a pod of that name that is there, and of which nothing is expected any more. */
function notLookedAt({ snapshot }: Scene, kind: string | undefined, name: string): ObjectRef | undefined {
  const refs = [
    ...snapshot.jobs.items.map(({ metadata }) => refOf('Job', metadata)),
    ...snapshot.pods.items.map(({ metadata }) => refOf('Pod', metadata)),
  ];
  return withName(refs, name).find((ref) => isOfKind(ref, kind));
}

function isOfKind(ref: ObjectRef, kind: string | undefined): boolean {
  return kind === undefined || ref.kind.toLowerCase() === kind.toLowerCase();
}

function withName(refs: readonly ObjectRef[], name: string): ObjectRef[] {
  return refs.filter((ref) => ref.name === name);
}

/** Those that are there, and those that something needs. */
function secretRefs({ snapshot, needs }: Scene): ObjectRef[] {
  const all = [
    ...needs.map(({ namespace, name }) => ({ kind: 'Secret', namespace, name })),
    ...snapshot.secrets.items.map(({ metadata: { namespace, name } }) => ({ kind: 'Secret', namespace, name })),
    ...credentialUses(snapshot).map(({ secret }) => secret),
  ];
  return [...new Map(all.map((ref) => [refId(ref), ref])).values()];
}

function secretOf(scene: Scene, word: string, name: string): FoundSubject {
  const all = secretRefs(scene);
  const there = new Set(scene.snapshot.secrets.items.map(({ metadata }) => refId(refOf('Secret', metadata))));
  const present = all.filter((ref) => there.has(refId(ref)));
  const others = all.filter((ref) => !there.has(refId(ref)));
  const isBlind = scene.snapshot.secrets.gaps.length > 0;
  return chosen(word, 'secret', {
    found: withName(all, name),
    all,
    listed: [
      ['there are', present],
      [isBlind ? 'needed are' : 'needed and missing are', others],
    ],
  });
}

interface Choice {
  readonly found: readonly ObjectRef[];
  readonly all: readonly ObjectRef[];
  /** Where no name is near: what there is, with the words before each list. */
  readonly listed: readonly (readonly [words: string, refs: readonly ObjectRef[]])[];
}

function chosen(word: string, kind: 'workload' | 'secret', { found, all, listed }: Choice): FoundSubject {
  const [ref, ...others] = found;
  if (ref !== undefined && others.length === 0) return { ok: true, kind, ref };
  if (ref !== undefined) return { ok: false, isSeen: true, ...ambiguous(word, [ref, ...others]) };
  const [, name = word] = word.split('/', 2);
  const near = nearestNames(
    name,
    all.map((other) => other.name),
  );
  const meant = near.flatMap((other) => all.filter((each) => each.name === other)).map(refText);
  const some = listed.flatMap(([words, refs]) => {
    const names = [...new Set(refs.map(refText))].sort(compareText);
    return names.length === 0 ? [] : [`${words} ${listText(names)}`];
  });
  const hint =
    meant.length > 0 ? `did you mean ${listText(meant)}?` : some.length === 0 ? 'c2l audit' : some.join('; ');
  return { ok: false, message: `no ${kind === 'secret' ? 'Secret' : 'workload'} called ${name} was found`, hint };
}

function ambiguous(word: string, found: readonly ObjectRef[]): { message: string; hint: string } {
  const isOneNamespace = new Set(found.map(({ namespace }) => namespace)).size === 1;
  const texts = found.map((ref) =>
    isOneNamespace ? `c2l audit ${refText(ref)}` : `c2l audit ${refText(ref)} -n ${ref.namespace}`,
  );
  return { message: `${word} is the name of ${found.length} objects`, hint: texts.join(' or ') };
}
