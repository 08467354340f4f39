import { refText, type KubernetesEvent } from '../../cluster/kubernetes.ts';
import type { FindingCode } from '../../findings/findings.ts';
import { containerNamed, describePod, placeText, troubledPod, type Trouble, type TroubledWorkload } from './trouble.ts';

const pullReasons: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'RegistryUnavailable',
]);

export function isPullReason(reason: string | undefined): boolean {
  return pullReasons.has(reason ?? '');
}

export type PullFailure = 'not-found' | 'unauthorized' | 'limited' | 'unreachable' | 'failing' | 'other';

/**
 * In the order of the tests: containerd and Docker Hub say of an image that is not there and of one that may not be had
 * that either may be the case, and add the refusal; and containerd ends what it cannot use at all in `not found`.
 */
const failures: readonly (readonly [failure: PullFailure, words: RegExp])[] = [
  ['other', /unexpected media type|no space left on device/i],
  ['limited', /toomanyrequests|(?:: |status(?: code)?:? )429\b/i],
  [
    'unreachable',
    /i\/o timeout|deadline exceeded|Client\.Timeout|connection (?:refused|reset|timed out)|context canceled|broken pipe|no such host|failure in name resolution|no route to host|network is unreachable|handshake timeout|operation timed out|server misbehaving|\bx509: |\btls: |HTTP response to HTTPS client|(?:^|: )(?:unexpected )?EOF$/i,
  ],
  ['failing', /(?:: |status(?: code)?:? )5\d\d\b/i],
  [
    'unauthorized',
    /\bunauthori[sz]ed\b|authentication required|authorization failed|\bforbidden\b|no basic auth|(?<!permission )\bdenied\b|(?:: |status(?: code)?:? )40[13]\b/i,
  ],
  [
    'not-found',
    /(?:^|: )not found\b|\bmanifest for .*not found|\b404 not found|manifest unknown|name unknown|repository name not known|invalid reference format|no match for platform/i,
  ],
];

/** Why an image cannot be had, by the words of the container runtime alone: names and addresses may hold any words. */
export function pullFailure(message: string): PullFailure {
  const plain = message.replace(/"[^"]*"/g, '').replace(/(?<!\S)(?!i\/o\b)\S+\/\S+?(?=:?(?:\s|$))/g, '');
  return failures.find(([, words]) => words.test(plain))?.[0] ?? 'other';
}

/** The failure of a pull, told from the status or, where that only says that it waits, from the pod's events. */
export function pullMessage(message: string | undefined, events: readonly KubernetesEvent[]): string {
  if (message !== undefined && !/^Back-off pulling image "[^"]*"$/.test(message)) return message;
  return (
    events.findLast((event) => event.message?.startsWith('Failed to pull image') === true)?.message ?? message ?? ''
  );
}

const codes: Readonly<Record<PullFailure, FindingCode>> = {
  'not-found': 'image-not-found',
  unauthorized: 'image-pull-unauthorized',
  limited: 'registry-unreachable',
  unreachable: 'registry-unreachable',
  failing: 'registry-unreachable',
  other: 'image-pull-failed',
};

/** An image that cannot be had, and by whose fault. */
export function imageTrouble(troubled: TroubledWorkload): Trouble | undefined {
  const found = troubledPod(troubled);
  if (found === undefined || !isPullReason(found.state.reason)) return undefined;
  const { workload, scene } = troubled;
  const { pod, state } = found;
  const image = containerNamed(pod, state.container)?.image ?? '';
  const told = pullMessage(state.message, scene.events.get(pod.metadata.uid ?? '') ?? []);
  const failure = failureOf(state.reason, told);
  const place = placeText(workload, pod, state.container);
  return {
    code: codes[failure],
    message: `${refText(workload.ref)} is not ready: ${words[failure](image)} (${place})${detail(failure, told)}`,
    fix: fixFor(failure, troubled, { container: state.container ?? '', describe: describePod(pod) }),
  };
}

function failureOf(reason: string | undefined, told: string): PullFailure {
  if (reason === 'ErrImageNeverPull' || reason === 'InvalidImageName') return 'not-found';
  return reason === 'RegistryUnavailable' ? 'unreachable' : pullFailure(told);
}

const words: Readonly<Record<PullFailure, (image: string) => string>> = {
  'not-found': (image) => `there is no image ${image}`,
  unauthorized: (image) => `the registry refuses to hand out image ${image}`,
  limited: (image) => `the registry hands out image ${image} to no more pulls for now`,
  unreachable: (image) => `the registry of image ${image} cannot be reached`,
  failing: (image) => `the registry of image ${image} answers with an error of its own`,
  other: (image) => `image ${image} cannot be pulled`,
};

/** The last clauses hold the reason; what stands before repeats the image. */
function detail(failure: PullFailure, told: string): string {
  if (failure === 'not-found' || told === '') return '';
  const clauses = told.split(': ');
  // `dial tcp 10.0.0.1:443: connect: connection refused`: which address it is stands before the name of the call.
  return `: ${clauses.slice(clauses.at(-2) === 'connect' ? -3 : -2).join(': ')}`;
}

function fixFor(
  failure: PullFailure,
  { workload: { ref } }: TroubledWorkload,
  { container, describe }: { readonly container: string; readonly describe: string },
): string {
  const { namespace, kind, name } = ref;
  if (failure === 'not-found')
    return `kubectl -n ${namespace} set image ${kind.toLowerCase()} ${name} ${container}=IMAGE`;
  if (failure === 'unauthorized' || failure === 'limited') return `kubectl -n ${namespace} get serviceaccounts,secrets`;
  return describe;
}
