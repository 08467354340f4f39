import type { PlannedPause } from '../../core/argocd/plan-pause.ts';
import { refText } from '../../core/cluster/kubernetes.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import { keysOf, plannedSecret, type SecretPlan } from '../../core/fix/plan-secrets.ts';
import { isSecretNamed, unnamedChanges } from '../../core/fix/secret-guards.ts';
import type { WantedKey } from '../../core/fix/wanted-key.ts';
import { count } from '../../core/list-text.ts';
import { OperatorError } from '../../errors.ts';
import { durationText } from '../../render/layout.ts';
import { pauseLines } from '../../render/pause-text.ts';
import { planLines } from '../../render/plan-text.ts';
import { createStyle } from '../../render/style.ts';
import { agree, confirmWrite } from '../confirm.ts';
import { agreeToFill, plannedFill, type FilledSync } from '../owners/fill-stores.ts';
import type { Session } from '../session.ts';
import type { FixOptions } from './fix-options.ts';

/** What is to be agreed to. */
export interface Agreed {
  readonly plans: readonly SecretPlan[];
  readonly fills: readonly FilledSync[];
  readonly pause: PlannedPause;
  readonly wanted: readonly WantedKey[];
  readonly snapshot: Snapshot;
  /** Names of what was brought back in a vault before. */
  readonly recovered: readonly string[];
}

/** Shows the masked diff on standard error. */
export function showPlans(
  { deps }: Session,
  { plans, fills, pause }: Pick<Agreed, 'plans' | 'fills' | 'pause'>,
  { missingNamespaces }: Snapshot,
): void {
  const { terminal } = deps;
  for (const name of namespacesToCreate(plans, missingNamespaces)) terminal.err(`namespace ${name}  create`);
  const style = createStyle(terminal.color, { width: terminal.width });
  for (const line of planLines([...plans.map(plannedSecret), ...fills.map(plannedFill)], style)) terminal.err(line);
  for (const line of pauseLines(pause, style)) terminal.err(line);
}

function namespacesToCreate(plans: readonly SecretPlan[], missing: readonly string[]): string[] {
  return missing.filter((name) => plans.some(({ object, action }) => action !== 'none' && object.namespace === name));
}

/**
 * Throws `declined` or `interrupted`, which promise that nothing was changed: what was brought back in a vault before is
 * not taken back.
 */
export async function agreeToFix(session: Session, agreed: Agreed, options: FixOptions): Promise<void> {
  try {
    await ask(session, agreed, options);
  } catch (error) {
    const { recovered } = agreed;
    if (!(error instanceof OperatorError) || recovered.length === 0) throw error;
    const { code, exitCode } = error;
    if (code !== 'declined' && code !== 'interrupted') throw error;
    const message = `${code}; nothing was changed but in the vault, where ${recovered.join(', ')} stays recovered`;
    throw new OperatorError(code, message, { exitCode });
  }
}

/** Asks for consent: apart for each value that is replaced and each Secret that is deleted. Throws `declined`. */
async function ask(
  session: Session,
  { plans, fills, pause, wanted, snapshot }: Agreed,
  options: FixOptions,
): Promise<void> {
  const changed = new Set([...plans, ...fills.map(plannedFill)].flatMap((plan) => keysOf(plan, 'CHANGE')));
  const unnamed = unnamedChanges(wanted, options.overwrite).filter(({ key }) => changed.has(key));
  if (options.yes && unnamed.length > 0) {
    await agree(session.deps.prompter, `replace the present value of ${unnamed.map(({ key }) => key).join(', ')}?`);
  }
  for (const { object, action } of plans) {
    if (action !== 'recreate' || isSecretNamed(object, options.recreate ?? [])) continue;
    await agree(
      session.deps.prompter,
      `delete the immutable Secret ${object.namespace}/${object.name} and create it again?`,
    );
  }
  await agreeToFill(session, fills, { fillStore: options.fillStore === true });
  const asked = question(plans, fills, namespacesToCreate(plans, snapshot.missingNamespaces));
  await confirmWrite(session, `${pauseClause(pause)}${asked}`, options);
}

function pauseClause({ objects, durationMs }: PlannedPause): string {
  return objects.length === 0 ? '' : `pause ${objects.map(refText).join(', ')} for ${durationText(durationMs)}, `;
}

function question(plans: readonly SecretPlan[], fills: readonly FilledSync[], namespaces: readonly string[]): string {
  const changing = plans.filter(({ action }) => action !== 'none');
  const added = changing.flatMap((plan) => keysOf(plan, 'ADD')).length;
  const replaced = changing.flatMap((plan) => keysOf(plan, 'CHANGE')).length;
  const parts = [
    ...namespaces.map((name) => `create namespace ${name}`),
    ...(added > 0 ? [`add ${count(added, 'value')}`] : []),
    ...(replaced > 0 ? [`replace ${count(replaced, 'value')}`] : []),
  ];
  const secrets = changing.map(({ object }) => `${object.namespace}/${object.name}`);
  const kept = plans.map(({ object }) => `${object.namespace}/${object.name}`).join(', ');
  if (changing.length === 0 && fills.length === 0) return `keep ${kept} as it is?`;
  const own = changing.length === 0 ? [] : [`${parts.join(', ')} in ${secrets.join(', ')}`];
  const synced = fills.map(
    ({ sync: { external, secret } }) => `have ${refText(external)} write ${secret.namespace}/${secret.name}`,
  );
  return `${[...own, ...synced].join(', ')}?`;
}
