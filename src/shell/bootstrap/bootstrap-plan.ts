import { applyOrder, type ApplyOrder } from '../../core/bootstrap/apply-order.ts';
import { isDefinedBy } from '../../core/bootstrap/defined-kinds.ts';
import { installCommand, isNeeded, missingKindText, type MissingKind } from '../../core/bootstrap/missing-kinds.ts';
import type { Manifest, ManifestSet } from '../../core/manifests/manifests.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import type { Stack } from '../../core/stack/stack.ts';
import { OperatorError } from '../../errors.ts';
import { nothingReadable, type Session } from '../session.ts';
import { resolveObjects } from './resolve-objects.ts';

/** What a cluster is to be filled with. */
export interface BootstrapPlan {
  readonly stack: Stack;
  readonly order: ApplyOrder;
  /** Namespaces that are not there, of the stack and of the manifests. */
  readonly missingNamespaces: ReadonlySet<string>;
  /** Objects that are not applied, and why. */
  readonly left: readonly StepOutcome[];
}

/** What the files and folders hold; nothing where Argo CD has everything. Throws where one cannot be understood. */
export async function readManifests({ deps }: Session, paths: readonly string[]): Promise<ManifestSet> {
  if (paths.length === 0) return { files: 0, manifests: [], problems: [], skipped: [] };
  const set = await deps.manifestFiles.read(paths);
  refuseProblems(set, paths);
  return set;
}

/** Asks whether the cluster knows the kinds of the manifests. Throws where the stack could not come up of them. */
export async function planBootstrap(session: Session, set: ManifestSet): Promise<BootstrapPlan> {
  const { deps } = session;
  const stack = neededStack(session);
  const order = applyOrder(set.manifests.filter(isObject), stack);
  const missing = await missingKinds(session, set.manifests);
  const fatal = missing.filter(isNeeded);
  if (fatal.length > 0) throw kindsMissing(fatal);
  for (const kind of missing) deps.terminal.err(`warning: this cluster has no ${missingKindText(kind)}`);
  const isLeft = (manifest: Manifest): boolean =>
    missing.some(({ kind, apiVersion }) => kind === manifest.kind && apiVersion === manifest.fields?.['apiVersion']);
  const waves = order.waves.map(({ objects, awaited }) => ({
    objects: objects.filter((object) => !isLeft(object)),
    awaited,
  }));
  return {
    stack,
    order: { ...order, first: order.first.filter((object) => !isLeft(object)), waves },
    missingNamespaces: await missingNamespaces(session, stack, set.manifests),
    left: [...leftForKind(set.manifests.filter(isLeft), missing), ...leftSecrets(set.manifests, stack)],
  };
}

function neededStack({ stack }: Session): Stack {
  if (stack !== undefined) return stack;
  throw new OperatorError('stack-lacks-field', 'there is no stack file here, and bootstrap brings up a stack', {
    hint: 'c2l bootstrap --stack cloudtolocalllm, or with --config FILE; c2l init makes one from manifests',
  });
}

function refuseProblems({ problems }: ManifestSet, paths: readonly string[]): void {
  const [first] = problems;
  if (first === undefined) return;
  const others = problems.length === 1 ? '' : `, and ${problems.length - 1} more`;
  const isKustomization = first.message.startsWith('what a kustomization does');
  throw new OperatorError('manifests-unreadable', `${first.file}:${first.line}: ${first.message}${others}`, {
    hint: isKustomization
      ? `kubectl kustomize ${paths[0] ?? '.'} > all.yaml; c2l bootstrap --manifests all.yaml`
      : `c2l validate ${paths.join(' ')}`,
  });
}

/** A kustomization is for kustomize. */
function isObject({ fields, content }: Manifest): boolean {
  if (content.as === 'secret') return false;
  return !String(fields?.['apiVersion']).startsWith('kustomize.config.k8s.io/');
}

async function missingKinds(session: Session, manifests: readonly Manifest[]): Promise<readonly MissingKind[]> {
  const { missing } = await resolveObjects(session, manifests.filter(isObject));
  return missing.filter((kind) => !isDefinedBy(manifests, kind));
}

function kindsMissing(kinds: readonly MissingKind[]): OperatorError {
  const [first] = kinds;
  return new OperatorError(
    'kinds-missing',
    `this cluster has no ${kinds.map(missingKindText).join(', nor ')}; nothing was changed`,
    first === undefined ? {} : { hint: `${installCommand(first)}, then c2l bootstrap again` },
  );
}

function leftForKind(manifests: readonly Manifest[], missing: readonly MissingKind[]): StepOutcome[] {
  return manifests.map(({ kind, namespace, name }) => {
    const lacking = missing.find((each) => each.kind === kind);
    const next = lacking === undefined ? '' : `: ${installCommand(lacking)}`;
    return {
      action: 'leave-object',
      object: { kind, namespace, name },
      outcome: 'kept',
      detail: `not applied, the cluster has no such kind${next}`,
    };
  });
}

/** Values come from a source and are checked on the way; those that stand in a file are not applied over them. */
function leftSecrets(manifests: readonly Manifest[], stack: Stack): StepOutcome[] {
  return manifests
    .filter(({ content }) => content.as === 'secret')
    .map(({ kind, namespace, name, file }) => {
      const isOfStack = stack.secrets.some((secret) => secret.name === name);
      const detail = isOfStack
        ? `values in ${file} are not applied: they come from a source`
        : `values in ${file} are not applied: kubectl apply --server-side -f ${file}`;
      return { action: 'leave-object', object: { kind, namespace, name }, outcome: 'kept', detail };
    });
}

async function missingNamespaces(
  { cluster }: Session,
  stack: Stack,
  manifests: readonly Manifest[],
): Promise<ReadonlySet<string>> {
  const names = [...new Set([...stack.namespaces, ...manifests.map(({ namespace }) => namespace)])].filter(
    (name) => name !== '',
  );
  const missing = new Set<string>();
  for (const name of names) {
    const found = await cluster.namespaceExists(name);
    if (found.state === 'unreadable' && found.cause !== 'forbidden') throw nothingReadable(cluster, found.reason);
    if (found.state === 'absent') missing.add(name);
  }
  return missing;
}
