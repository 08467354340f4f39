import { refText } from '../core/cluster/kubernetes.ts';
import { noSource, promptSource } from '../core/fix/plan-secrets.ts';
import type { KeyChange, PlannedKey, PlannedSecret } from '../core/fix/planned-secret.ts';
import { paragraph, table, type Cell } from './layout.ts';
import type { Style } from './style.ts';

/** Always eight characters: a mask must not tell a value's length. */
const mask = '********';

const changeText: Record<KeyChange, string> = {
  ADD: `(absent) -> ${mask}`,
  CHANGE: `${mask} -> ${mask}`,
  SAME: mask,
  KEEP: mask,
  REMOVE: `${mask} -> (absent)`,
};

/** The masked diff: key names, what becomes of each, and where its value comes from; never a value. */
export function planLines(plan: readonly PlannedSecret[], style: Style): string[] {
  const paints: Record<KeyChange, (text: string) => string> = {
    ADD: style.good,
    CHANGE: style.caution,
    SAME: style.dim,
    KEEP: style.dim,
    REMOVE: style.bad,
  };
  const legend = sourceLegend(plan.flatMap(({ keys }) => keys));
  const secrets = plan.flatMap(({ object, action, keys, doubt }) => [
    `${style.bold(refText(object))}  ${actionText[action]} in namespace ${object.namespace}`,
    ...table(
      keys.map(({ key, change, source, differsIn }): Cell[] => [
        { text: change, paint: paints[change] },
        { text: key },
        { text: changeText[change], paint: style.dim },
        differsIn === undefined
          ? { text: shortSource(source, legend) }
          : { text: `differs in ${legend.get(partsOf(differsIn).spec) ?? differsIn}`, paint: style.caution },
      ]),
      style.width,
    ),
    ...passedOverLines(keys, style),
    ...(doubt === undefined ? [] : paragraph('  DOUBT  ', doubt.because, style.width)),
  ]);
  const sources = [...legend].flatMap(([spec, mark], index) =>
    paragraph(index === 0 ? '  from  ' : '        ', `${mark} ${spec}`, style.width),
  );
  return [...secrets, ...sources];
}

/** Each reason once, after the keys that it is true of. */
function passedOverLines(keys: readonly PlannedKey[], style: Style): string[] {
  const byReason = new Map<string, string[]>();
  for (const { key, passedOver = [] } of keys)
    for (const reason of passedOver) byReason.set(reason, [...(byReason.get(reason) ?? []), key]);
  return [...byReason].flatMap(([reason, names]) =>
    paragraph('  not used  ', `${names.join(', ')} (${reason})`, style.width),
  );
}

/** `SPEC (detail)`, as sources name themselves. */
function partsOf(source: string): { spec: string; detail: string } {
  const match = /^(.*) \(([^()]*)\)$/.exec(source);
  return { spec: match?.[1] ?? source, detail: match?.[2] ?? '' };
}

/** Paths and URLs are long and the same for many keys: each is told once. */
function sourceLegend(keys: readonly PlannedKey[]): ReadonlyMap<string, string> {
  const isShort = (source: string): boolean => source === promptSource || source === noSource;
  const specs = new Set(
    keys
      .flatMap(({ source, differsIn }) => [source ?? [], differsIn ?? []].flat())
      .flatMap((source) => (isShort(source) ? [] : partsOf(source).spec)),
  );
  return new Map([...specs].map((spec, index) => [spec, `[${index + 1}]`]));
}

function shortSource(source: string | undefined, legend: ReadonlyMap<string, string>): string {
  if (source === undefined) return '';
  const { spec, detail } = partsOf(source);
  // The report has the whole version; eight characters tell it from others. With its time a revision leaves no room to the keys.
  const short = detail.replace(/^(version [0-9a-f]{8})[0-9a-f]{24}$/, '$1…').replace(/^(kept [\d-]+) .* UTC$/, '$1');
  return `${legend.get(spec) ?? spec} ${short}`.trimEnd();
}

const actionText: Record<PlannedSecret['action'], string> = {
  create: 'create',
  patch: 'change',
  recreate: 'delete and create again (it is immutable)',
  sync: 'have External Secrets write it',
  seal: 'seal for Sealed Secrets',
  none: 'leave as it is',
};
