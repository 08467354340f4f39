import { refText } from '../../core/cluster/kubernetes.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import { keysOf, planSecret } from '../../core/fix/plan-secrets.ts';
import type { SealedManifest } from '../../core/fix/secret-reports.ts';
import { sealedManifest, sealedRef, type SealPlan, type SealTarget } from '../../core/owners/seal-plan.ts';
import { sealScope } from '../../core/owners/seal-scope.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import { OperatorError } from '../../errors.ts';
import type { Sealer } from '../../value-ports.ts';
import type { Session } from '../session.ts';
import { collectValues, type CollectOptions } from '../sources/collect-values.ts';
import { sealingCertificate, type CertificatePlace } from './sealing-certificate.ts';

/** The program that seals, and the certificate of the controller that is to open it. */
export interface Sealing {
  readonly sealer: Sealer;
  readonly certificate: string;
}

/** What became of each, and the SealedSecrets to commit. */
export interface Sealed {
  readonly outcomes: readonly StepOutcome[];
  readonly manifests: readonly SealedManifest[];
}

/** Undefined where nothing can be sealed here, of which is said why. Throws where what was named cannot be used. */
export async function openSealing(
  session: Session,
  { writers }: Pick<Snapshot, 'writers'>,
  place: CertificatePlace = {},
): Promise<Sealing | undefined> {
  if (writers.sealedSecrets.items.length === 0) return undefined;
  const { deps } = session;
  const sealer = await deps.openSealer();
  if (sealer === undefined) {
    deps.terminal.err('warning: nothing can be sealed here: kubeseal is not on PATH');
    return undefined;
  }
  try {
    return { sealer, certificate: await sealingCertificate(session, place) };
  } catch (error) {
    const isNamed = place.file !== undefined || place.controller !== undefined;
    if (isNamed || !(error instanceof OperatorError)) throw error;
    const { message, hint = '' } = error;
    deps.terminal.err(`warning: nothing can be sealed here: ${message}; ${hint}`);
    return undefined;
  }
}

export const nothingSealed: Sealed = { outcomes: [], manifests: [] };

/** Collects what is to be sealed as for any Secret. */
export async function collectToSeal(
  session: Session,
  seals: readonly SealTarget[],
  options: CollectOptions,
): Promise<readonly SealPlan[]> {
  const { found, later } = await collectValues(
    session,
    seals.flatMap(({ target }) => target.wanted),
    options,
  );
  return seals.map(({ target, sealed }) => ({ plan: planSecret(target, found, later), sealed }));
}

/** Seals what is planned. Nothing in the cluster is changed: what comes of it is to be committed. */
export async function sealValues(
  { deps }: Session,
  sealing: Sealing | undefined,
  plans: readonly SealPlan[],
): Promise<Sealed> {
  if (sealing === undefined) return nothingSealed;
  const { sealer, certificate } = sealing;
  const outcomes: StepOutcome[] = [];
  const manifests: SealedManifest[] = [];
  for (const each of plans.filter(({ plan }) => plan.values.size > 0)) {
    const { object, values } = each.plan;
    const sealedObject = sealedRef(each);
    const step = (outcome: StepOutcome['outcome'], detail: string): StepOutcome => ({
      action: 'seal-values',
      object: sealedObject,
      outcome,
      detail,
    });
    try {
      const { namespace, name } = object;
      const scope = sealScope(each.sealed);
      const encrypted = await sealer.seal({ namespace, name, data: values, scope, certificate }, deps.signal);
      manifests.push(sealedManifest(each, encrypted));
      const keys = [...keysOf(each.plan, 'ADD'), ...keysOf(each.plan, 'CHANGE')].join(', ');
      outcomes.push(step('done', `${keys} sealed: ${refText(sealedObject)} is to be committed and applied`));
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      outcomes.push(step('failed', error.message));
    }
  }
  return { outcomes, manifests };
}
