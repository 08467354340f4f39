import type { Finding } from '../../core/findings/findings.ts';
import { commandsHere } from '../commands-here.ts';
import { cut } from '../cut.ts';
import type { Style } from '../style.ts';
import type { FindingGroup } from './finding-groups.ts';

/** What to know before the fix is typed, each with its label. */
export function adviceOf({ findings }: FindingGroup, style: Style): (readonly [label: string, text: string])[] {
  return [
    ...labelled('hint', findings.flatMap(spelling), style),
    ...labelled('owner', findings.flatMap(repair), style),
  ];
}

function labelled(label: string, texts: readonly string[], style: Style): (readonly [string, string])[] {
  const { shown, rest } = cut([...new Set(texts)], label, style);
  return [...shown.map((text) => commandsHere(text, style)), ...(rest === undefined ? [] : [rest])].map((text) => [
    label,
    text,
  ]);
}

function spelling({ key = '', similarKey }: Finding): string[] {
  return similarKey === undefined ? [] : [`it has ${similarKey}: is that the key that is meant by ${key}?`];
}

/** Where another program writes the Secret, what has to be done there. */
function repair({ owner }: Finding): string[] {
  return owner === undefined ? [] : [owner.repair];
}
