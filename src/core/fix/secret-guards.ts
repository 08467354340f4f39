import { OperatorError } from '../../errors.ts';
import { trackingId } from '../argocd/application-objects.ts';
import type { PausableRef } from '../argocd/sync-pause.ts';
import { refText, type Application, type ObjectRef } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Secret, SecretOwner } from '../cluster/secret.ts';
import { guardExternal } from '../owners/external-guard.ts';
import { syncPolicy } from '../owners/finding-owner.ts';
import { creationPolicy, type SecretWriters, type WriterIndex } from '../owners/secret-writers.ts';
import type { SyncPlan } from '../owners/sync-plan.ts';
import { endingRefusal } from '../secrets/ending-secret.ts';
import { sharedSourceNames } from '../sources/source-names.ts';
import { repairOptions, type TakenFrom } from '../sources/source-option.ts';
import { isNamedBy } from './plan-secrets.ts';
import type { SecretTarget } from './secret-target.ts';
import type { WantedKey } from './wanted-key.ts';

/** Whether an immutable Secret may be deleted, to be created again with what it lacks. */
export type Recreate = (secret: ObjectRef) => boolean;

/** What of a Secret's wanted keys may be written, and why the rest may not. */
export interface GuardedTarget {
  /** Undefined where nothing of it may be written. */
  readonly open?: SecretTarget;
  /** Keys that External Secrets is to bring. */
  readonly sync?: SyncPlan;
  /** Who has to be kept from undoing it, outermost first. */
  readonly pause?: readonly PausableRef[];
  /** Why the other keys are left alone, with the repair that lasts. */
  readonly refusal?: OperatorError;
  /** What the operator should know where writing is fine. */
  readonly warnings: readonly string[];
}

/**
 * Which wanted keys of a Secret may be written: one that another program owns is not patched behind its back, since
 * the patch would be undone or lost. One such Secret is no reason to leave others broken.
 */
export function guardTarget(target: SecretTarget, index?: WriterIndex, recreate?: Recreate): GuardedTarget {
  const { object, current } = target;
  if (current?.metadata.deletionTimestamp !== undefined) return { refusal: endingRefusal(current), warnings: [] };
  const writers = index?.of(object.namespace, object.name) ?? {};
  const { external } = writers;
  if (external === undefined || index === undefined) return withIdle(target, writers, recreate);
  const { free, sync, refusal } = guardExternal(target, external, index);
  const rest = free.length === 0 ? { warnings: [] } : guardDirect(besideExternal(target, free), writers, recreate);
  const refused = refusal ?? rest.refusal;
  return { ...rest, ...(sync && { sync }), ...(refused && { refusal: refused }) };
}

/** An ExternalSecret that does not make the Secret is no obstacle; whoever sees its name there should know why. */
function withIdle(target: SecretTarget, writers: SecretWriters, recreate: Recreate | undefined): GuardedTarget {
  const answer = guardDirect(target, writers, recreate);
  const { idle } = writers;
  if (idle === undefined || answer.open === undefined) return answer;
  const { namespace, name } = target.object;
  const policy = creationPolicy(idle);
  const why = policy === 'None' ? 'writes no Secret' : 'only writes into a Secret that is there';
  const what = `${refText(refOf('ExternalSecret', idle.metadata))} has creationPolicy ${policy} and ${why}`;
  return { ...answer, warnings: [...answer.warnings, `${what}: c2l writes ${namespace}/${name}`] };
}

/** What External Secrets does not write is judged by whoever else owns the Secret. */
function besideExternal({ current, ...target }: SecretTarget, wanted: readonly WantedKey[]): SecretTarget {
  if (current === undefined) return { ...target, current, wanted };
  const { owner, ...ownerless } = current;
  const other = [...(owner === undefined ? [] : [owner]), ...current.otherOwners].find(
    ({ by }) => by !== 'external-secrets',
  );
  return { ...target, wanted, current: { ...ownerless, ...(other && { owner: other }) } };
}

/** A Secret that is gone bears no marks of its owner: what the others have of it tells who will write it again. */
function guardAbsent(target: SecretTarget, { sealed, application }: SecretWriters): GuardedTarget {
  const { object } = target;
  if (sealed !== undefined) {
    return { refusal: owned(object, { by: 'sealed-secrets', name: sealed.metadata.name }), warnings: [] };
  }
  if (application === undefined) return { open: target, warnings: [] };
  const { name } = application.metadata;
  const warning =
    `Secret ${object.namespace}/${object.name} is in Git, from where Argo CD application ${name} would bring it: ` +
    `the values that Git holds will take the place of those written here; ${healText(application)}`;
  return { open: target, warnings: [warning] };
}

/** When Argo CD sets back what differs from Git: told from its policy, since self-heal backs off for minutes. */
function healText(application: Application | undefined): string {
  const when = {
    'self-heal': 'self-heal is on, and acts within seconds to minutes',
    automatic: 'self-heal is off, and the next commit does it',
    manual: 'it does not sync by itself, and the next sync does it',
  };
  return application === undefined ? 'its policy could not be seen' : when[syncPolicy(application)];
}

function guardDirect(target: SecretTarget, writers: SecretWriters, recreate: Recreate | undefined): GuardedTarget {
  const { current, wanted } = target;
  if (current === undefined) return guardAbsent(target, writers);
  const { owner } = current;
  if (current.immutable) {
    const refusal = immutableRefusal(current, writers, { recreate, wanted });
    if (refusal !== undefined) return { refusal, warnings: [] };
  }
  if (owner === undefined) return { open: target, warnings: [] };
  const place = `Secret ${current.metadata.namespace}/${current.metadata.name}`;

  switch (owner.by) {
    case 'external-secrets':
    case 'sealed-secrets':
      return { refusal: owned(target.object, owner), warnings: [] };
    case 'argocd': {
      const added = wanted.filter(({ reason }) => reason === 'missing');
      const refusal =
        added.length < wanted.length ? { refusal: owned(target.object, owner, { ...writers, current }) } : {};
      if (added.length === 0) return { ...refusal, warnings: [] };
      const warning =
        `${place} is managed by Argo CD application ${owner.name}: added keys survive self-heal, ` +
        'but are lost when the Secret is deleted and created from Git again';
      return { ...refusal, open: { ...target, wanted: added }, warnings: [warning] };
    }
    case 'helm':
      return {
        open: target,
        warnings: [`${place} belongs to Helm release ${owner.name}: its next upgrade may undo this`],
      };
    case 'controller':
      return { open: target, warnings: [`${place} is controlled by ${owner.name}, which may undo this`] };
  }
}

/** One error for all Secrets that are left alone, where there is nothing else to repair. */
export function allRefused([first, ...others]: readonly OperatorError[]): OperatorError | undefined {
  if (first === undefined || others.length === 0) return first;
  const all = [first, ...others];
  return new OperatorError('secret-owned', all.map(({ message }) => message).join('; '), {
    hint: all.flatMap(({ hint }) => hint ?? []).join('; '),
  });
}

/** A command of c2l to type next takes the values from where this one did, and in the same way. */
export function withSources(refusal: OperatorError, taken: TakenFrom): OperatorError {
  const { code, message, hint, exitCode } = refusal;
  const again = repairOptions(taken);
  if (hint === undefined || !/^c2l fix-secrets [^;]*$/.test(hint) || again.length === 0) return refusal;
  return new OperatorError(code, message, { hint: [hint, ...again].join(' '), exitCode });
}

/** Whoever creates it from elsewhere would be faster than c2l, once it is deleted. */
function immutableRefusal(
  { metadata, owner }: Secret,
  { application }: SecretWriters,
  { recreate, wanted }: { readonly recreate: Recreate | undefined; readonly wanted: readonly WantedKey[] },
): OperatorError | undefined {
  const object = refOf('Secret', metadata);
  const { namespace, name, finalizers = [] } = metadata;
  if (owner?.by === 'sealed-secrets' || owner?.by === 'argocd')
    return owned(object, owner, { application, current: { metadata } });
  if (recreate === undefined) return immutable(object);
  if (finalizers.length > 0) {
    const first = `Secret ${namespace}/${name} is immutable, and ${finalizers.join(', ')} decides when it may be deleted`;
    return new OperatorError('secret-owned', first, { hint: `kubectl -n ${namespace} describe secret ${name}` });
  }
  if (recreate(object)) return undefined;
  const replaced = unnamedChanges(wanted, []).map(({ key }) => `--overwrite ${name}/${key}`);
  return new OperatorError(
    'secret-owned',
    `Secret ${namespace}/${name} is immutable: it can only be deleted and created again, which needs consent by name`,
    { hint: [`c2l fix-secrets -n ${namespace} --recreate ${name}`, ...replaced].join(' ') },
  );
}

/** The copy goes from command to command: nothing of it is shown. */
function immutable({ namespace, name }: ObjectRef): OperatorError {
  const again = `kubectl -n ${namespace} get secret ${name} -o yaml | sed '/^immutable: true$/d' | kubectl replace --force -f -`;
  return new OperatorError(
    'secret-owned',
    `Secret ${namespace}/${name} is immutable: the API refuses every change of it`,
    { hint: `replace it by one that is not: ${again}, then: c2l fix-secrets -n ${namespace}` },
  );
}

interface OwnerContext {
  readonly application?: Application | undefined;
  readonly current?: Pick<Secret, 'metadata'>;
}

function owned(
  { namespace, name }: ObjectRef,
  owner: SecretOwner,
  { application, current }: OwnerContext = {},
): OperatorError {
  const repair: Record<Exclude<SecretOwner['by'], 'helm' | 'controller'>, readonly [string, string]> = {
    'external-secrets': [
      `is written by External Secrets (${owner.name}), which undoes changes made here`,
      `put the values into its store, then: kubectl -n ${namespace} annotate externalsecret ${owner.name} force-sync="$(date +%s)" --overwrite`,
    ],
    'sealed-secrets': [
      `is written by Sealed Secrets (${owner.name}), which drops changes made here when it is sealed again`,
      `seal the values with kubeseal and apply the result: kubectl -n ${namespace} get sealedsecret ${owner.name}`,
    ],
    argocd: [
      `is managed by Argo CD application ${owner.name}${trackedBy(current)}: a changed value is set back to what Git holds (${healText(application)})`,
      `change the value in Git, then: kubectl -n ${application?.metadata.namespace ?? 'argocd'} annotate application ${owner.name} argocd.argoproj.io/refresh=normal --overwrite; or have it stand for a while: --pause-sync 15m`,
    ],
  };
  const [what, hint] = repair[owner.by as keyof typeof repair];
  return new OperatorError('secret-owned', `Secret ${namespace}/${name} ${what}`, { hint });
}

/** The mark that says so, as the Secret bears it. */
function trackedBy(current: Pick<Secret, 'metadata'> | undefined): string {
  const id = current?.metadata.annotations?.[trackingId];
  return id === undefined ? '' : ` (tracking id ${id})`;
}

/**
 * A value that is there is replaced only where a person sees it named or the command line names it: `--yes` alone is
 * consent to add. Gives the keys whose change nobody named.
 */
export function unnamedChanges(wanted: readonly WantedKey[], overwrite: readonly string[]): WantedKey[] {
  const isAddition = ({ reason }: WantedKey): boolean => reason === 'missing' || reason === 'optional';
  return wanted.filter((key) => !isAddition(key) && !isNamedBy(key, overwrite));
}

/** The refusal of unnamed changes where nobody can be asked. */
export function overwriteNeeded(keys: readonly WantedKey[], removed: readonly string[] = []): OperatorError {
  const named = keys
    .filter(({ key }) => !removed.includes(key))
    .map((key) => (key.detail === undefined ? key.key : `${key.key} (${key.detail})`));
  const gone = keys.map(({ key }) => key).filter((key) => removed.includes(key));
  const what = [
    ...(named.length > 0 ? [`replacing the value of ${named.join(', ')}`] : []),
    ...(gone.length > 0 ? [`removing ${gone.join(', ')}`] : []),
  ].join(' and ');
  return new OperatorError(
    'confirmation-needed',
    `${what} ${named.length > 0 && gone.length > 0 ? 'need' : 'needs'} consent by name: --yes is consent to add`,
    { hint: `add ${keys.map(({ key }) => `--overwrite ${key}`).join(' ')}` },
  );
}

/** One value is never written to several keys unless the stack says that they share it. */
export function refuseSharedSourceNames(wanted: readonly WantedKey[]): void {
  const shared = sharedSourceNames(wanted);
  if (shared.length === 0) return;
  const words = { env: 'a .env file', azureKeyVault: 'a Key Vault' };
  const each = shared.map(({ name, kind, keys }) => `${name} in ${words[kind]} would fill ${keys.join(', ')} alike`);
  throw new OperatorError('source-invalid', `${each.join('; ')}: nothing tells whose value it is`, {
    hint: 'declare these keys in c2l.yaml, each with names of its own: from: { env: …, azureKeyVault: … }',
  });
}

/** Whether `--recreate` names a Secret: as `SECRET` or `NAMESPACE/SECRET`. */
export function isSecretNamed({ namespace, name }: ObjectRef, names: readonly string[]): boolean {
  return names.some((each) => each === name || each === `${namespace}/${name}`);
}

/** Names in `--recreate` that are of no Secret which anything needs are typing errors. */
export function refuseUnknownSecrets(
  names: readonly string[],
  known: readonly { namespace: string; secret: string }[],
): void {
  const unknown = names.find(
    (name) =>
      !known.some(({ namespace, secret }) => isSecretNamed({ kind: 'Secret', namespace, name: secret }, [name])),
  );
  if (unknown === undefined) return;
  throw new OperatorError('usage', `--recreate ${shown(unknown)} names no Secret that anything here needs`, {
    hint: 'c2l audit',
  });
}

/** Nothing is what a variable of a script that is not set gives. */
function shown(name: string): string {
  return name === '' ? '""' : name;
}

/** Names in `--overwrite` that no known key answers to are typing errors. */
export function refuseUnknownNames(names: readonly string[], known: readonly Parameters<typeof isNamedBy>[0][]): void {
  const unknown = names.find((name) => !known.some((key) => isNamedBy(key, [name])));
  if (unknown === undefined) return;
  throw new OperatorError('usage', `--overwrite ${shown(unknown)} names no key that anything here needs`, {
    hint: 'c2l audit',
  });
}
