import type { Pod } from '../cluster/kubernetes-pod.ts';
import { refText } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Secret, SecretOwner } from '../cluster/secret.ts';
import type { Finding } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { listText } from '../list-text.ts';
import { creationPolicy, targetName } from '../owners/secret-writers.ts';
import { forEachNeed } from '../secrets/references.ts';
import type { Scene } from './diagnosis-scene.ts';

/** What breaks nothing today: Secrets that nothing uses, and those that two write. */
export function diagnoseSecretHygiene(scene: Scene): Finding[] {
  return [...unusedSecrets(scene), ...fights(scene)];
}

/** What is typed for use by people's workloads; every other type belongs to a controller. */
const ordinaryTypes: ReadonlySet<string> = new Set([
  'Opaque',
  'kubernetes.io/tls',
  'kubernetes.io/dockerconfigjson',
  'kubernetes.io/dockercfg',
  'kubernetes.io/basic-auth',
  'kubernetes.io/ssh-auth',
]);

function unusedSecrets(scene: Scene): Finding[] {
  const { secrets, argocd } = scene.snapshot;
  const isNamed = namedSecrets(scene);
  return secrets.items.flatMap((secret) => {
    const { namespace, name } = secret.metadata;
    const isSystem = namespace.startsWith('kube-') || namespace === argocd.namespace;
    if (isSystem || isSpokenFor(secret) || isBlindSpot(scene, namespace) || isNamed(namespace, name)) return [];
    const object = refOf('Secret', secret.metadata);
    return newFinding('secret-unused', {
      object,
      secret: name,
      message: `${refText(object)} is named by no workload, ServiceAccount or Ingress here; something may still read it through the API`,
      fix: `kubectl -n ${namespace} describe secret ${name}`,
    });
  });
}

/** Owned, managed or marked: whoever did that knows what for. What has no uid is not of a live cluster. */
function isSpokenFor({ metadata, type, owner, promised }: Secret): boolean {
  const marks = [...Object.keys(metadata.labels ?? {}), ...Object.keys(metadata.annotations ?? {})];
  return (
    metadata.uid === undefined ||
    promised !== undefined ||
    owner !== undefined ||
    (metadata.ownerReferences ?? []).length > 0 ||
    !ordinaryTypes.has(type) ||
    marks.some((mark) =>
      /(?:^|\.)(?:argoproj\.io|c2l\.dev|bitnami\.com|cert-manager\.io|external-secrets\.io)\//.test(mark),
    ) ||
    metadata.labels?.['app.kubernetes.io/managed-by'] !== undefined
  );
}

/** Where anything that could name a Secret was not read, nothing is called unused. */
function isBlindSpot({ snapshot }: Scene, namespace: string): boolean {
  const { pods, deployments, statefulSets, daemonSets, jobs, cronJobs, serviceAccounts, ingresses, writers } = snapshot;
  const lists = [
    pods,
    deployments,
    statefulSets,
    daemonSets,
    jobs,
    cronJobs,
    serviceAccounts,
    ingresses,
    writers.secretStores,
  ];
  return lists.some(({ gaps }) => gaps.some((gap) => gap.namespace === namespace || gap.namespace === ''));
}

/** Named by whatever is there, what has ended and what no pod uses at the moment included. */
function namedSecrets(scene: Scene): (namespace: string, name: string) => boolean {
  const needed = new NamesByNamespace();
  for (const { namespace, name } of scene.needs) needed.add(namespace, name);
  // A store keeps its login in a Secret of its namespace; which field names it is each provider's own.
  const storing = new Set(scene.snapshot.writers.secretStores.items.map(({ metadata }) => metadata.namespace));
  let others: NamesByNamespace | undefined;
  return (namespace, name) => {
    if (needed.has(namespace, name) || storing.has(namespace)) return true;
    // Pods are gone through for what nothing else names alone.
    others ??= namedElsewhere(scene);
    return others.has(namespace, name);
  };
}

function namedElsewhere({ snapshot }: Scene): NamesByNamespace {
  const named = new NamesByNamespace();
  const addSpec = ({ metadata: { namespace = '' }, spec }: Pick<Pod, 'metadata' | 'spec'>): void => {
    forEachNeed(spec, undefined, ({ secret }) => {
      named.add(namespace, secret);
    });
  };
  snapshot.pods.items.forEach(addSpec);
  for (const { metadata, spec } of snapshot.jobs.items) addSpec({ metadata, spec: spec.template.spec });
  for (const { metadata, imagePullSecrets = [] } of snapshot.serviceAccounts.items) {
    for (const { name = '' } of imagePullSecrets) named.add(metadata.namespace ?? '', name);
  }
  return named;
}

class NamesByNamespace {
  readonly #names = new Map<string, Set<string>>();

  add(namespace: string, name: string): void {
    const names = this.#names.get(namespace);
    if (names === undefined) this.#names.set(namespace, new Set([name]));
    else names.add(name);
  }

  has(namespace: string, name: string): boolean {
    return this.#names.get(namespace)?.has(name) === true;
  }
}

/** Only those that write again by themselves can fight; marks of Helm are copied from ExternalSecrets to their Secrets. */
const fighters: ReadonlySet<SecretOwner['by']> = new Set(['external-secrets', 'sealed-secrets', 'argocd']);

function fights({ snapshot: { secrets, writers } }: Scene): Finding[] {
  const merging = new Set(
    writers.externalSecrets.items
      .filter((external) => creationPolicy(external) === 'Merge')
      .map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`),
  );
  const claims = [
    ...writers.externalSecrets.items
      .filter((external) => ['Owner', 'Orphan'].includes(creationPolicy(external)))
      .map((external) =>
        claim(external.metadata.namespace, targetName(external), `externalsecret/${external.metadata.name}`),
      ),
    ...writers.sealedSecrets.items.map(({ metadata: { namespace, name } }) =>
      claim(namespace, name, `sealedsecret/${name}`),
    ),
    ...secrets.items.flatMap(({ metadata: { namespace, name }, owner, otherOwners }) =>
      [...(owner ? [owner] : []), ...otherOwners]
        .filter(
          (each) =>
            fighters.has(each.by) && !(each.by === 'external-secrets' && merging.has(`${namespace}/${each.name}`)),
        )
        .map((each) => claim(namespace, name, `${ownerWords[each.by] ?? each.by}/${each.name}`)),
    ),
  ];
  const rivals = new Map<string, Set<string>>();
  for (const { id, by } of claims) rivals.set(id, (rivals.get(id) ?? new Set()).add(by));
  return [...rivals].filter(([, names]) => names.size > 1).map(([id, names]) => fight(id, [...names].sort()));
}

function claim(
  namespace: string | undefined,
  secret: string,
  by: string,
): { readonly id: string; readonly by: string } {
  return { id: `${namespace ?? ''}/${secret}`, by };
}

const ownerWords: Partial<Record<SecretOwner['by'], string>> = {
  'external-secrets': 'externalsecret',
  'sealed-secrets': 'sealedsecret',
  argocd: 'application',
};

function fight(id: string, names: readonly string[]): Finding {
  const [namespace = '', name = ''] = id.split('/');
  return newFinding('secret-owners-conflict', {
    object: { kind: 'Secret', namespace, name },
    secret: name,
    message: `secret/${name} is written by ${listText(names)}: each undoes what the other wrote`,
    fix: `kubectl -n ${namespace} get secret ${name} --show-managed-fields -o yaml`,
  });
}
