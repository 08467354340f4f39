import type { PodSpec } from '../../core/cluster/kubernetes-pod.ts';
import type { Listed } from '../../core/cluster/kubernetes.ts';
import type { FieldPath, ManifestContent, ManifestResource } from '../../core/manifests/manifests.ts';
import { podSpecPath, referencePath } from '../../core/manifests/reference-path.ts';
import { secretReferences } from '../../core/secrets/references.ts';
import { asObject, asText } from '../json-object.ts';
import { listing } from '../kubernetes/kubernetes-resources.ts';
import { manifestSecret } from './manifest-secret.ts';
import { promisedSecrets, promisingKinds } from './promised-secrets.ts';

type Fields = Record<string, unknown>;

/** What one manifest says, or what is wrong with it and where. */
export type ReadObject =
  | {
      readonly ok: true;
      readonly kind: string;
      readonly name: string;
      readonly namespace: string;
      readonly content: ManifestContent;
    }
  | {
      readonly ok: false;
      readonly path: FieldPath;
      readonly message: string;
      readonly secret?: { readonly namespace: string; readonly name: string };
    };

const listed: Readonly<Record<string, ManifestResource>> = {
  '/Pod': 'pods',
  'apps/Deployment': 'deployments',
  'apps/StatefulSet': 'statefulsets',
  'apps/DaemonSet': 'daemonsets',
  'batch/Job': 'jobs',
  'batch/CronJob': 'cronjobs',
  '/Service': 'services',
  '/ServiceAccount': 'serviceaccounts',
  '/ConfigMap': 'configmaps',
  'networking.k8s.io/Ingress': 'ingresses',
  'argoproj.io/Application': 'applications',
};

/** Reads one object that has `apiVersion` and `kind`. Kinds that neither need Secrets nor make any are not looked into. */
export function readObject(fields: Fields, isInGit: boolean): ReadObject {
  const kind = fields['kind'];
  const apiVersion = fields['apiVersion'];
  if (typeof kind !== 'string' || kind === '') return wrong(['kind'], 'kind is no text');
  if (typeof apiVersion !== 'string' || apiVersion === '') return wrong(['apiVersion'], 'apiVersion is no text');
  const metadata = asObject(fields['metadata']) ?? {};
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  const head = { kind, name: asText(metadata['name']), namespace: asText(metadata['namespace']) };
  if (!isLookedInto(group, kind)) return { ok: true, ...head, content: { as: 'other' } };
  const nameless = badName(metadata);
  if (nameless !== undefined) return nameless;
  const content = contentOf(fields, { group, ...head, isInGit });
  if (!('path' in content)) return { ok: true, ...head, content };
  return { ok: false, ...content, ...unreadSecret(group, head) };
}

function unreadSecret(
  group: string,
  { kind, namespace, name }: { readonly kind: string; readonly namespace: string; readonly name: string },
): { readonly secret?: { readonly namespace: string; readonly name: string } } {
  return group === '' && kind === 'Secret' ? { secret: { namespace, name } } : {};
}

function isLookedInto(group: string, kind: string): boolean {
  const id = `${group}/${kind}`;
  return id === '/Secret' || Object.hasOwn(listed, id) || promisingKinds.has(id);
}

interface Head {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly isInGit: boolean;
}

type Misfit = { readonly path: FieldPath; readonly message: string };

function contentOf(fields: Fields, { group, kind, name, isInGit }: Head): ManifestContent | Misfit {
  if (group === '' && kind === 'Secret') return manifestSecret(fields, isInGit);
  const promises = promisedSecrets(group, kind, { name, spec: fields['spec'] });
  if (promises !== undefined) {
    const nameless = promises.find((promise) => !kubernetesName.test(promise.name));
    return nameless === undefined
      ? { as: 'promises', promises }
      : { path: ['spec'], message: notAName('the Secret that it writes', nameless.name) };
  }
  const resource = listed[`${group}/${kind}`];
  return resource === undefined ? { as: 'other' } : listedContent(resource, fields, kind);
}

function listedContent(resource: ManifestResource, fields: Fields, kind: string): ManifestContent | Misfit {
  const reduced = listing(resource).reduce(fields);
  if (reduced.misfit !== undefined) {
    const { misfit } = reduced;
    return { path: pathOf(misfit), message: `${misfit.slice(1)} is missing or is not what the API takes there` };
  }
  const content = { as: resource, object: reduced.kept } as ManifestContent;
  return badReference(reduced.kept, kind, resource) ?? content;
}

/** `.spec.containers[0].env` as steps. */
function pathOf(text: string): FieldPath {
  return [...text.matchAll(/\.([^.[\]]+)|\[(\d+)\]/g)].map(([, key, index]) => key ?? Number(index));
}

const kubernetesName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const secretKey = /^[-._a-zA-Z0-9]+$/;

function badName(metadata: Fields): ReadObject | undefined {
  const { name, namespace } = metadata as { readonly name?: unknown; readonly namespace?: unknown };
  if (typeof name !== 'string' || !kubernetesName.test(name)) return wrong(['metadata', 'name'], notAName('it', name));
  if (namespace !== undefined && namespace !== null && !kubernetesName.test(asText(namespace))) {
    return wrong(['metadata', 'namespace'], notAName('its namespace', namespace));
  }
  return undefined;
}

const withoutPods: ReadonlySet<ManifestResource> = new Set([
  'services',
  'serviceaccounts',
  'configmaps',
  'ingresses',
  'applications',
]);

/** A name that no Secret can have is most often a template that nobody rendered. */
function badReference(object: Listed[ManifestResource], kind: string, resource: ManifestResource): Misfit | undefined {
  if (withoutPods.has(resource)) return undefined;
  const base = podSpecPath(kind);
  const podSpec = base.reduce<unknown>((value, step) => asObject(value)?.[step], object) as PodSpec;
  for (const reference of secretReferences({ kind, namespace: '', name: '' }, podSpec)) {
    const { secret, key } = reference;
    const path = [...base, ...referencePath(podSpec, reference)];
    if (!kubernetesName.test(secret)) return { path, message: notAName('a Secret', secret) };
    if (key !== undefined && !secretKey.test(key)) return { path, message: `no key of a Secret can be called ${key}` };
  }
  return undefined;
}

function notAName(what: string, name: unknown): string {
  return typeof name === 'string' && name !== ''
    ? `${what} cannot be called ${name.slice(0, 80)}`
    : `${what} has no name`;
}

function wrong(path: FieldPath, message: string): ReadObject {
  return { ok: false, path, message };
}
