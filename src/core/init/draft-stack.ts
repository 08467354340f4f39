import { applicationsInScope } from '../argocd/argocd.ts';
import { refId, type ConfigMap, type ObjectRef } from '../cluster/kubernetes.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { isRollable } from '../workloads/rollout.ts';
import { workloads, type Workload } from '../workloads/workloads.ts';
import { draftSecrets, issuedCertificates } from './draft-secrets.ts';
import { guessChecks } from './guess-checks.ts';
import { guessDependencies, type DependencyGuess } from './guess-dependencies.ts';
import type { DraftCheck, DraftComponent, DraftOmission, OpenQuestion, StackDraft } from './stack-draft.ts';

export interface DraftedStack {
  readonly draft: StackDraft;
  readonly questions: readonly OpenQuestion[];
}

/** A stack file for what is seen: what must be there, how it hangs together, and how it could be proved. */
export function draftStack(snapshot: Snapshot, configMaps: readonly ConfigMap[]): DraftedStack {
  const found = workloads(snapshot);
  const lasting = found.filter(isRollable);
  const secrets = draftSecrets(snapshot, snapshot.namespaces[0] ?? '');
  const used = new Set([...secrets, ...lasting.map(({ ref }) => ref)].map(({ namespace }) => namespace));
  const namespaces = snapshot.namespaces.filter((name, index) => index === 0 || used.has(name));
  const first = namespaces[0] ?? '';
  const guesses = guessDependencies(snapshot, lasting, configMaps);
  const nameOf = componentNames(lasting);
  const toComponent = (workload: Workload): DraftComponent =>
    draftComponent(workload, { snapshot, configMaps, guesses, nameOf, first });
  const ordered = lasting.toSorted((left, right) => compareStart(left, right, guesses));
  return {
    draft: {
      name: first,
      namespaces,
      productionContexts: [],
      argocd: {
        namespace: snapshot.argocd.namespace,
        applications: applicationsInScope(snapshot).map(({ metadata }) => metadata.name),
      },
      secrets,
      components: ordered.map(toComponent),
      leftOut: [...issuedCertificates(snapshot), ...found.flatMap(omission)],
    },
    questions: waveQuestions(ordered, guesses, nameOf),
  };
}

function reasonToOmit({ type, ref, object }: Workload): string | undefined {
  // Those of a CronJob are told with it.
  const isRun = object.metadata.ownerReferences?.some(({ kind }) => kind === 'CronJob') === true;
  if (type === 'Job') return isRun ? undefined : 'it runs once, and is never ready to be waited for';
  if (type === 'CronJob') return 'it runs by its schedule, and is never ready to be waited for';
  if (type !== 'Other') return undefined;
  return ref.kind === 'Pod'
    ? 'no controller starts it again, so that it cannot be restarted in order'
    : 'c2l cannot restart what is of this kind';
}

/** A component is waited for, restarted and proved. Jobs come and go; what the others need is in the Secrets all the same. */
function omission(workload: Workload): DraftOmission[] {
  const { ref } = workload;
  const reason = reasonToOmit(workload);
  if (reason === undefined) return [];
  const note = `Left out: ${ref.kind} ${ref.namespace}/${ref.name}, as ${reason}; what it needs stands in the Secrets.`;
  return [{ workload: `${ref.kind}/${ref.name}`, note }];
}

type NameOf = (ref: ObjectRef) => string;

/** A workload's own name, unless another has it too. */
function componentNames(found: readonly Workload[]): NameOf {
  const counts = new Map<string, number>();
  for (const { ref } of found) counts.set(ref.name, (counts.get(ref.name) ?? 0) + 1);
  const isUnique = (ref: ObjectRef): boolean => counts.get(ref.name) === 1;
  return (ref) => (isUnique(ref) ? ref.name : `${ref.namespace}-${ref.name}-${ref.kind.toLowerCase()}`);
}

interface ComponentScene {
  readonly snapshot: Snapshot;
  readonly configMaps: readonly ConfigMap[];
  readonly guesses: readonly DependencyGuess[];
  readonly nameOf: NameOf;
  readonly first: string;
}

function draftComponent(workload: Workload, scene: ComponentScene): DraftComponent {
  const { ref } = workload;
  const own = scene.guesses.filter(({ from }) => refId(from) === refId(ref));
  const isExtra = needsOnlyOptional(workload) && !scene.guesses.some(({ on }) => refId(on) === refId(ref));
  const wave = waveOf(workload);
  const checks = guessChecks(workload, scene.snapshot, scene.configMaps);
  return {
    name: scene.nameOf(ref),
    workload: `${ref.kind}/${ref.name}`,
    ...(ref.namespace === scene.first ? {} : { namespace: ref.namespace }),
    ...(isExtra ? { critical: false } : {}),
    dependsOn: [...new Set(own.map(({ on }) => scene.nameOf(on)))].sort(),
    checks,
    notes: [
      ...(wave === undefined ? [] : [`Argo CD sync wave ${wave}.`]),
      ...own.map(({ on, why }) => `Guess: it depends on ${scene.nameOf(on)}, as ${why}.`),
      ...(isExtra ? ['Guess: not critical, as it starts without every key that it could use.'] : []),
      ...checks.flatMap(checkNote),
    ],
  };
}

/** Of what stands on a convention: a login that fails says so by itself, an endpoint may answer for less than it seems. */
function checkNote(check: DraftCheck): string[] {
  if (check.kind !== 'http' || check.basicAuth !== undefined) return [];
  return [`Guess: ${check.path} proves that it works, as its readiness probe asks for that.`];
}

function needsOnlyOptional({ podSpec }: Workload): boolean {
  const variables = [...(podSpec.initContainers ?? []), ...podSpec.containers].flatMap(({ env = [] }) => env);
  const selectors = variables.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []);
  return (
    selectors.length > 0 &&
    selectors.every(({ optional }) => optional === true) &&
    podSpec.imagePullSecrets === undefined
  );
}

function waveOf({ object }: Workload): number | undefined {
  const wave = Number(object.metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? Number.NaN);
  return Number.isInteger(wave) ? wave : undefined;
}

/** What others wait for comes first; then by sync wave. The order is for readers only. */
function compareStart(left: Workload, right: Workload, guesses: readonly DependencyGuess[]): number {
  const isNeeded = ({ ref }: Workload): boolean => guesses.some(({ on }) => refId(on) === refId(ref));
  const last = Number.POSITIVE_INFINITY;
  const [leftWave, rightWave] = [waveOf(left) ?? last, waveOf(right) ?? last];
  if (leftWave !== rightWave) return leftWave < rightWave ? -1 : 1;
  return Number(isNeeded(right)) - Number(isNeeded(left));
}

/** A wave says what comes first, and not who needs it: only a person knows. Asked where nothing else says it. */
function waveQuestions(
  found: readonly Workload[],
  guesses: readonly DependencyGuess[],
  nameOf: NameOf,
): OpenQuestion[] {
  const waves = [...new Set(found.flatMap((workload) => waveOf(workload) ?? []))].sort((left, right) => left - right);
  return found.flatMap((workload) => {
    const wave = waveOf(workload);
    const before = wave === undefined ? undefined : waves[waves.indexOf(wave) - 1];
    if (wave === undefined || before === undefined) return [];
    return found
      .filter((other) => waveOf(other) === before && !isKnown(workload, other, guesses))
      .map((other): OpenQuestion => {
        const [component, on] = [nameOf(workload.ref), nameOf(other.ref)];
        return {
          component,
          on,
          question: `${component} (sync wave ${wave}) starts after ${on} (sync wave ${before}): does it need it?`,
          note: `Not known: whether it needs ${on} of the sync wave before; add it to dependsOn if so.`,
        };
      });
  });
}

function isKnown(workload: Workload, other: Workload, guesses: readonly DependencyGuess[]): boolean {
  const target = refId(other.ref);
  const seen = new Set<string>();
  const reaches = (id: string): boolean => {
    if (id === target) return true;
    if (seen.has(id)) return false;
    seen.add(id);
    return guesses.some(({ from, on }) => refId(from) === id && reaches(refId(on)));
  };
  return reaches(refId(workload.ref));
}
