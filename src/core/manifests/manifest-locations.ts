import type { PodSpec } from '../cluster/kubernetes-pod.ts';
import { refId } from '../cluster/kubernetes.ts';
import type { Finding, FindingCode, FindingReference } from '../findings/findings.ts';
import type { FieldPath, Manifest, Place } from './manifests.ts';
import { podSpecPath, referencePath, tlsPath } from './reference-path.ts';

/** Where in the files a finding stands; nothing for what only a cluster or the stack file tells. */
export type Locator = (finding: Finding) => readonly Place[];

export function locator(manifests: readonly Manifest[]): Locator {
  const byId = new Map<string, Manifest>();
  const providers = new Map<string, Manifest[]>();
  for (const manifest of manifests) {
    byId.set(refId(manifest), manifest);
    for (const name of provided(manifest)) {
      const id = `${manifest.namespace}/${name}`;
      providers.set(id, [...(providers.get(id) ?? []), manifest]);
    }
  }
  return (finding) => {
    const { object, secret = '', key, references = [] } = finding;
    const users = byNeed(references).flatMap((reference) => {
      const manifest = byId.get(refId(reference));
      return manifest === undefined ? [] : [placeOf(manifest, userPath(manifest, reference, { secret, key }))];
    });
    const makers = (providers.get(`${object.namespace}/${secret}`) ?? []).map((manifest) =>
      placeOf(manifest, valuePath(manifest, key)),
    );
    // A value is wrong where it stands; a key is missing where it is asked for.
    const isValue = /^secret-value-|^tls-(?!secret-missing)|^image-pull-secret-invalid$/.test(finding.code);
    return distinct(isValue ? [...makers, ...users] : [...users, ...makers]);
  };
}

/** The command that opens a place, in whatever editor. */
export function editor(code: FindingCode, place: Place | undefined): string {
  if (place === undefined || place.file === '-') return `c2l explain ${code}`;
  return `\${EDITOR:-vi} +${place.line} ${place.file}`;
}

/** Who cannot do without comes first: that is where to look. */
function byNeed(references: readonly FindingReference[]): readonly FindingReference[] {
  return references.toSorted((left, right) => Number(left.optional) - Number(right.optional));
}

function provided({ kind, name, content }: Manifest): readonly string[] {
  if (content.as === 'promises') return content.promises.map((promise) => promise.name);
  return kind === 'Secret' ? [name] : [];
}

function placeOf({ file, lineOf }: Manifest, path: FieldPath): Place {
  return { file, line: lineOf(path) };
}

function userPath(
  { kind, content }: Manifest,
  { container, init, via }: FindingReference,
  { secret, key }: { readonly secret: string; readonly key: string | undefined },
): FieldPath {
  if (content.as === 'ingresses') return tlsPath(content.object, secret);
  if (!('object' in content)) return [];
  const base = podSpecPath(kind);
  const podSpec = base.reduce<unknown>(
    (value, step) => (value as Record<string, unknown>)[String(step)],
    content.object,
  );
  const wanted = {
    secret,
    via,
    ...(container === undefined ? {} : { container }),
    ...(init === undefined ? {} : { init }),
    ...(key === undefined ? {} : { key }),
  };
  return [...base, ...referencePath(podSpec as PodSpec, wanted)];
}

/** The lines of `data` and `stringData` are not kept apart: the path that exists is the deeper one. */
function valuePath(manifest: Manifest, key: string | undefined): FieldPath {
  if (key === undefined) return [];
  const whole = manifest.lineOf([]);
  const paths = (['stringData', 'data'] as const).map((field): FieldPath => [field, key]);
  return (
    paths.find((path) => manifest.lineOf(path) > manifest.lineOf(path.slice(0, 1)) && manifest.lineOf(path) > whole) ??
    []
  );
}

function distinct(places: readonly Place[]): Place[] {
  return [...new Map(places.map((place) => [`${place.file}:${place.line}`, place])).values()];
}
