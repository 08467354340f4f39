import { ownerCases } from './rights-owner-cases.ts';
import { secretName, values, type RightsShop } from './rights-shop.ts';
import type { Atom, RbacDocument } from './role-account.ts';

/** One command under the Role that is printed for it. */
export interface RightsCase {
  readonly name: string;
  readonly purpose: string;
  /** FOLDER, JOURNAL and CONTROLLER stand for those of the test. */
  readonly argv: readonly string[];
  /** With all of its rights. */
  readonly code: number;
  /** Brings the shop into the state in which the command has this to do. */
  readonly before?: (shop: RightsShop) => Promise<void>;
  /** Leaves the shop as the other cases expect it. */
  readonly after?: (shop: RightsShop) => Promise<void>;
  /** Whether External Secrets and Sealed Secrets have to run beside the cluster. */
  readonly needsControllers?: true;
  /** Whether it changes something; else it only reads. */
  readonly writes: boolean;
  /** Whether it looks through streams, which a server calls a creation. */
  readonly opensStreams?: true;
  /** Of a command that writes: its exit codes where a right is missing, if not 2 alone. */
  readonly refusedWith?: readonly number[];
  /** Of a command that writes: what only its audit and its proof read, without which the repair is made all the same. */
  readonly readsBesides?: (atom: Atom, documents: readonly RbacDocument[]) => boolean;
  /** Lists that only explain what fails: of what is well they hide nothing. */
  readonly explainedBy?: readonly string[];
}

const { 'session-key': lost, ...kept } = values;
const stores = ['secretstores', 'clustersecretstores'];
const explaining = ['replicasets', 'events', 'externalsecrets', 'sealedsecrets', 'applications'];
const fix = ['fix-secrets', '--yes', '--from', 'env:FOLDER/backup.env'];
const drill = ['dr-drill', 'run', 'total-secret-loss', '--confirm', 'cut', '--from', 'env:FOLDER/backup.env'];

export const rightsCases: readonly RightsCase[] = [
  {
    name: 'verify',
    purpose: 'verify',
    argv: ['verify', '--timeout', '2s'],
    code: 0,
    writes: false,
    opensStreams: true,
    explainedBy: [...explaining, 'secrets', 'jobs', 'cronjobs', 'serviceaccounts', 'ingresses'],
  },
  {
    name: 'watch',
    purpose: 'watch',
    argv: ['watch', '--once', '--state', 'FOLDER/state.json'],
    code: 0,
    writes: false,
    opensStreams: true,
    // A checker need not be trusted with the Secrets.
    explainedBy: [...explaining, 'secrets'],
  },
  {
    name: 'backup --check',
    purpose: 'backup',
    argv: ['backup', '--check', '--from', 'env:FOLDER/backup.env'],
    code: 0,
    writes: false,
    explainedBy: [...explaining, 'services'],
  },
  { name: 'history', purpose: 'history', argv: ['history'], code: 0, writes: false },
  {
    name: 'fix-secrets of a lost key',
    purpose: 'fix-secrets',
    argv: fix,
    code: 0,
    before: (shop) => shop.writeSecret(kept),
    writes: true,
  },
  {
    name: 'fix-secrets of a lost Secret',
    purpose: 'fix-secrets',
    argv: fix,
    code: 0,
    before: (shop) => shop.deleteSecret(),
    writes: true,
  },
  {
    name: 'rollback',
    purpose: 'rollback',
    argv: ['rollback', secretName, '--yes', '--overwrite', 'session-key'],
    code: 0,
    before: async (shop) => {
      await shop.removeRevisions();
      await shop.keepRevision(values);
      await shop.writeSecret({ ...values, 'session-key': 'o'.repeat(32) });
    },
    writes: true,
  },
  {
    name: 'history --prune',
    purpose: 'history',
    argv: ['history', '--prune', '--keep', '1', '--yes'],
    code: 0,
    before: async (shop) => {
      await shop.removeRevisions();
      await shop.keepRevision(values);
      await shop.keepRevision(kept);
    },
    writes: true,
  },
  {
    name: 'restore-sync',
    purpose: 'restore-sync',
    argv: ['restore-sync', '--yes'],
    code: 0,
    writes: false,
  },
  {
    name: 'restart of what runs with an older value',
    purpose: 'restart',
    argv: ['restart', '--yes'],
    code: 0,
    before: (shop) => shop.outdate('worker', { ...values, 'session-key': lost.replaceAll('s', 'n') }, 'session-key'),
    writes: true,
    // Where what runs was not seen there is nothing to restart, and that is said.
    refusedWith: [2, 3],
  },
  {
    name: 'stabilize',
    purpose: 'stabilize',
    argv: ['stabilize', '--yes', '--from', 'env:FOLDER/backup.env', '--timeout', '20s'],
    code: 0,
    before: async (shop) => {
      await shop.removeRevisions();
      await shop.writeSecret(kept);
      await shop.beginAnew('worker');
    },
    writes: true,
    readsBesides,
  },
  ...ownerCases,
  {
    name: 'dr-drill',
    purpose: 'dr-drill',
    argv: [...drill, '--journal-namespace', 'JOURNAL'],
    code: 0,
    before: (shop) => shop.writeSecret(values),
    writes: true,
    // It does not begin where its steady state or its lock cannot be read.
    refusedWith: [1, 2, 3],
  },
  {
    name: 'verify of what is held up',
    purpose: 'verify',
    argv: ['verify', '--timeout', '2s', '--config', 'FOLDER/troubled.yaml'],
    code: 1,
    before: (shop) => shop.deployTrouble(),
    writes: false,
    opensStreams: true,
    explainedBy: [...explaining, ...stores, 'secrets', 'jobs', 'cronjobs', 'serviceaccounts', 'ingresses'],
  },
  {
    name: 'audit',
    purpose: 'audit',
    argv: ['audit'],
    code: 1,
    before: (shop) => shop.deployTrouble(),
    writes: false,
  },
];

function readsBesides({ resource, document }: Atom, documents: readonly RbacDocument[]): boolean {
  const isArgocds = documents[document]?.metadata.namespace?.endsWith('-argocd') === true;
  const isProof = ['services/proxy', 'pods/portforward', 'pods/exec', 'endpointslices'].includes(resource);
  return isProof || (isArgocds && resource === 'secrets');
}

/** Whether the answer is as good without it. */
export function hiddenNothing(
  { explainedBy = [] }: RightsCase,
  atom: Atom,
  documents: readonly RbacDocument[],
): boolean {
  // A namespace that holds something is there.
  if (atom.verb === 'get' && atom.resource === 'namespaces') return true;
  if (atom.verb !== 'list' || explainedBy.length === 0) return false;
  const isArgocds = documents[atom.document]?.metadata.namespace?.endsWith('-argocd') === true;
  return isArgocds || explainedBy.includes(atom.resource);
}

/** Rights for states that these cases do not bring about; each is written as `PURPOSE: VERB RESOURCE of …`. */
export const usedElsewhere: readonly RegExp[] = [
  // Where something is paused.
  /^restore-sync: (get|patch) /,
  // With --pause-sync, of what Argo CD or External Secrets would undo; the drill's are of faults that they would undo.
  /^(fix-secrets|dr-drill|stabilize): (get|patch) (applications|externalsecrets) /,
  // An ExternalSecret that owns the Secret, taking it back from Sealed Secrets, and a namespace that is named by -n.
  /^migrate: (get|patch) externalsecrets /,
  /^migrate: delete sealedsecrets /,
  /^migrate: get namespaces /,
  // Where a pod does not start, as in verify's case.
  /^(dr-drill|stabilize): list (configmaps|persistentvolumeclaims|nodes) /,
  /^(dr-drill|stabilize): get pods\/log /,
  // Of namespace-loss, which is tried under the same Role.
  /^dr-drill: (get|create|update|delete) (deployments|statefulsets|daemonsets) /,
  // Where a SealedSecret lacks a value.
  /^fix-secrets: get services\/proxy /,
  // Where an ExternalSecret names one, as in the audit's case.
  /^(?!audit).*: list (cluster)?secretstores /,
  // An immutable Secret, and more revisions than are kept.
  /^(fix-secrets|stabilize|rollback): delete secrets /,
  // Another kind of workload, pods that serve nobody, and what a drill leaves running with an older value.
  /^(restart|stabilize|dr-drill): patch (deployments|statefulsets|daemonsets) /,
  /^restart: create pods\/eviction /,
  // Only beside an immutable Secret that was created again is Argo CD paused.
  /^(restart|stabilize): (get|patch) applications /,
  // Where a pod does not end, or its node does not speak.
  /^restart: list nodes /,
  // The proof of a restarted component that others depend on, as in verify's case.
  /^restart: (get|create|list) (secrets|services\/proxy|pods\/portforward|pods\/exec|endpointslices) /,
];
