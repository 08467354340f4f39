interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly object: { readonly namespace: string; readonly name: string };
  readonly secret?: string;
  readonly key?: string;
}

/** Of a report on a generated cluster: every missing key is named, and nothing else is an error in its namespaces. */
export function expectExactly(missing: readonly string[], report: string): void {
  const { findings } = JSON.parse(report) as { findings: readonly Finding[] };
  const namespaces = new Set(missing.map((place) => place.split('/')[0]));
  const named = findings
    .filter(({ severity, object }) => severity === 'error' && namespaces.has(object.namespace))
    .map(placeOf);
  const found = new Set(named);
  const lost = missing.filter((place) => !found.has(place));
  const invented = named.filter((place) => !missing.includes(place));
  if (lost.length === 0 && invented.length === 0 && named.length === missing.length) return;
  throw new Error(
    `of ${String(missing.length)} missing keys ${String(lost.length)} are not named, of ${String(named.length)} ` +
      `errors ${String(invented.length)} are of something else, such as ${invented[0] ?? 'a key named twice'}`,
  );
}

function placeOf({ code, object, secret, key }: Finding): string {
  return code === 'secret-key-missing'
    ? `${object.namespace}/${secret ?? ''}/${key ?? ''}`
    : `${code} ${object.namespace}/${object.name}`;
}
