import { parseAllDocuments, stringify } from 'yaml';

import { isGranted, type Attempt, type BoundRole } from '../../../src/sandbox/api/role-rules.ts';
import type { World } from './worlds.ts';

type Rule = BoundRole['rules'][number];

export interface RbacDocument {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly Rule[];
}

/** One verb on one resource: the least that can be taken away of a Role. */
export interface Atom {
  /** Index into the documents. */
  readonly document: number;
  readonly verb: string;
  readonly resource: string;
  readonly rule: Rule;
}

export function readDocuments(text: string): RbacDocument[] {
  return parseAllDocuments(text).map((document) => document.toJS() as RbacDocument);
}

export function atomsOf(documents: readonly RbacDocument[]): Atom[] {
  return documents.flatMap(({ rules = [] }, document) =>
    rules.flatMap((rule) =>
      rule.resources.flatMap((resource) => rule.verbs.map((verb) => ({ document, verb, resource, rule }))),
    ),
  );
}

/** As `verb resource in NAMESPACE`. */
export function atomText({ verb, resource, document }: Atom, documents: readonly RbacDocument[]): string {
  return `${verb} ${resource} of ${documents[document]?.kind ?? ''} ${documents[document]?.metadata.name ?? ''}`;
}

export function without(documents: readonly RbacDocument[], atom: Atom): RbacDocument[] {
  return documents.map((each, index) => {
    if (index !== atom.document || each.rules === undefined) return each;
    return { ...each, rules: each.rules.flatMap((rule) => (rule === atom.rule ? lessOne(rule, atom) : [rule])) };
  });
}

function lessOne(rule: Rule, { verb, resource }: Atom): Rule[] {
  const others = rule.resources.filter((each) => each !== resource);
  const verbs = rule.verbs.filter((each) => each !== verb);
  return [
    ...(others.length > 0 ? [{ ...rule, resources: others }] : []),
    ...(verbs.length > 0 ? [{ ...rule, resources: [resource], verbs }] : []),
  ];
}

/** What the documents allow, as bound to one user. */
export function boundRoles(documents: readonly RbacDocument[]): BoundRole[] {
  return documents.flatMap(({ kind, metadata: { namespace }, rules }) => {
    if (rules === undefined) return [];
    return [kind === 'Role' && namespace !== undefined ? { namespace, rules } : { rules }];
  });
}

/** Requests of `METHOD path` form that these documents do not allow; discovery and reviews of rights are open to all. */
export function notGranted(requests: readonly string[], documents: readonly RbacDocument[]): string[] {
  const roles = boundRoles(documents);
  return requests.filter((line) => {
    return attemptsOf(line).some((attempt) => !isGranted(roles, attempt));
  });
}

/** Whether one of the requests needs this and nothing else of the documents would do. */
export function isUsed(atom: Atom, requests: readonly string[], documents: readonly RbacDocument[]): boolean {
  return notGranted(requests, without(documents, atom)).length > 0;
}

export function verbsOf(requests: readonly string[]): Set<string> {
  return new Set(requests.flatMap((line) => attemptsOf(line).map(({ verb }) => verb)));
}

/** What the API server's authorizer is asked of a request; nothing for what everybody may ask. */
function attemptsOf(line: string): Attempt[] {
  const [method = '', target = ''] = line.split(' ');
  const url = new URL(target, 'http://any');
  const [, root, ...parts] = url.pathname.split('/').map(decodeURIComponent);
  const group = root === 'apis' ? (parts.shift() ?? '') : '';
  const [, ...rest] = parts;
  if (rest.length === 0 || group === 'authorization.k8s.io') return [];
  const isInside = rest[0] === 'namespaces' && rest.length > 2;
  const [resource = '', name, subresource] = isInside ? rest.slice(2) : rest;
  const isWatch = url.searchParams.get('watch') === 'true';
  const read = name !== undefined ? 'get' : isWatch ? 'watch' : 'list';
  const verb = { GET: read, POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }[method] ?? method;
  const namespace = isInside ? rest[1] : undefined;
  // Kubernetes 1.35 and later ask for both where a stream begins.
  const isStream = subresource === 'exec' || subresource === 'portforward';
  const verbs = isStream ? ['get', 'create'] : [verb];
  return verbs.map((each) => ({ verb: each, group, resource, subresource, namespace, name }));
}

/** Whoever runs c2l with the documents' rights, in whichever world. */
export interface RoleAccount {
  readonly kubeconfig: string;
  /** Gives it what these documents allow while `body` runs. */
  as<T>(documents: readonly RbacDocument[], body: () => Promise<T>): Promise<T>;
  remove(): Promise<void>;
}

const group = 'rbac.authorization.k8s.io';

/** Applies the printed documents as they are, and changes their rules from then on. */
export async function realAccount(
  world: World,
  documents: readonly RbacDocument[],
  login: (token: string) => string,
): Promise<RoleAccount> {
  const [account] = documents;
  if (account?.kind !== 'ServiceAccount') throw new Error(`no account comes first: ${stringify(documents)}`);
  for (const document of documents) await apply(world, document);
  const { name, namespace = '' } = account.metadata;
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { body } = await world.send('POST', path, { spec: { expirationSeconds: 3600 } });
  let current = documents;
  return {
    kubeconfig: login((body['status'] as { token: string }).token),
    as: async (wanted, run) => {
      for (const [index, document] of wanted.entries()) {
        if (document.rules !== undefined && document !== current[index]) await apply(world, document);
      }
      await inForce(world, { name, namespace }, { before: current, after: wanted });
      current = wanted;
      return run();
    },
    remove: async () => {
      for (const document of documents) {
        if (document.kind !== 'Namespace') await world.send('DELETE', pathOf(document));
      }
    },
  };
}

const collections: Readonly<Record<string, string>> = {
  Role: 'roles',
  RoleBinding: 'rolebindings',
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
};

function pathOf({ kind, metadata: { name, namespace } }: RbacDocument): string {
  if (kind === 'Namespace') return `/api/v1/namespaces/${name}`;
  if (kind === 'ServiceAccount') return `/api/v1/namespaces/${namespace ?? ''}/serviceaccounts/${name}`;
  const place = namespace === undefined ? '' : `namespaces/${namespace}/`;
  return `/apis/${group}/v1/${place}${collections[kind] ?? ''}/${name}`;
}

async function apply(world: World, document: RbacDocument): Promise<void> {
  const path = `${pathOf(document)}?fieldManager=contract&force=true`;
  const answer = await world.send('PATCH', path, document, 'application/apply-patch+yaml');
  if (answer.status > 201) throw new Error(`${document.kind} could not be applied: ${answer.text}`);
}

/** The authorizer learns of a changed Role a moment later: asked until it answers as the documents say. */
async function inForce(
  world: World,
  account: { readonly name: string; readonly namespace: string },
  { before, after }: { readonly before: readonly RbacDocument[]; readonly after: readonly RbacDocument[] },
): Promise<void> {
  const user = `system:serviceaccount:${account.namespace}:${account.name}`;
  const [from, to] = [boundRoles(before), boundRoles(after)];
  for (const { document, verb, resource, rule } of [...atomsOf(before), ...atomsOf(after)]) {
    const [name = resource, subresource] = resource.split('/');
    const { kind, metadata } = after[document] ?? {};
    const namespace = kind === 'Role' ? metadata?.namespace : undefined;
    const attempt = { verb, group: rule.apiGroups[0] ?? '', resource: name, subresource, namespace };
    const asked = { ...attempt, name: rule.resourceNames?.[0] };
    const wanted = isGranted(to, asked);
    if (isGranted(from, asked) === wanted && before !== after) continue;
    await world.eventually(`${verb} ${resource} is ${wanted ? 'allowed' : 'refused'}`, async () => {
      const { body } = await world.send('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user, resourceAttributes: { ...asked, version: '*' } },
      });
      return (body['status'] as { allowed?: boolean } | undefined)?.allowed === wanted ? true : undefined;
    });
  }
}
