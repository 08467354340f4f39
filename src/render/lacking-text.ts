import { keyNamer, noSource } from '../core/fix/plan-secrets.ts';
import type { PlannedKey, PlannedSecret } from '../core/fix/planned-secret.ts';
import type { FixReport } from '../core/fix/secret-reports.ts';
import { count, paragraph, table, type Cell } from './layout.ts';
import type { Style } from './style.ts';

/** The keys of a plan that nobody has a value for. */
export function lackingKeys(plan: readonly PlannedSecret[]): PlannedKey[] {
  return plan.flatMap(({ keys }) => keys.filter(({ source }) => source === noSource));
}

/** Where a dry run looked in vain, or a person would be asked: what a source would have to call these keys. */
export function lackingLines({ plan, dryRun }: FixReport, style: Style): string[] {
  const open = plan.flatMap(({ object, keys }) =>
    keys.flatMap(({ key, source, names }) =>
      names === undefined ? [] : [{ namespace: object.namespace, secret: object.name, key, source, names }],
    ),
  );
  if (!dryRun || open.length === 0) return [];
  const nameOf = keyNamer(open);
  const asked = open.every(({ source }) => source !== noSource);
  const what = `${count(open.length, 'key')} ${asked ? 'would be asked for' : 'without a source'}`;
  const rows = open.map((each): Cell[] => [
    { text: nameOf(each) },
    { text: each.names.env },
    { text: each.names.azureKeyVault === each.key ? 'as the key' : each.names.azureKeyVault },
  ]);
  const head = ['key', 'env:FILE', 'azure-key-vault:NAME'].map((text): Cell => ({ text, paint: style.dim }));
  return [
    '',
    ...paragraph(
      '',
      `${what}; names under which a --from could have ${open.length === 1 ? 'it' : 'them'}:`,
      style.width,
    ),
    ...table([head, ...rows], style.width),
  ];
}
