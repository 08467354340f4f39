import type { SecretPlan } from '../../core/fix/plan-secrets.ts';
import { tlsType } from '../../core/sources/wanted-pairs.ts';
import { OperatorError } from '../../errors.ts';
import { ExitCode } from '../../exit-codes.ts';
import type { Session } from '../session.ts';
import { identityOf, newSecret, revisionBefore, secretPatch } from './secret-writes.ts';

/**
 * A certificate is served only with its own key, which the API does not look at: a pair that does not match takes
 * every site down that uses it.
 */
export function refuseBrokenPairs({ deps }: Pick<Session, 'deps'>, plans: readonly SecretPlan[]): void {
  for (const plan of plans) {
    const { object, action, type, current, values } = plan;
    if (action === 'none' || (current?.type ?? type) !== tlsType) continue;
    const after = new Map([...(current?.data ?? []), ...values]);
    const [certificate, key] = [after.get('tls.crt'), after.get('tls.key')];
    const wrong = certificate && key && deps.tlsPairProblem(certificate, key);
    if (wrong === undefined) continue;
    const { where, hint } = brokenPair(plan);
    throw new OperatorError(
      'values-invalid',
      `Secret ${object.namespace}/${object.name}: ${wrong}${where}; nothing was changed`,
      { hint },
    );
  }
}

/** Where half of a pair stays, the other half of it is asked for; where both are new, one of them was kept. */
function brokenPair({ object, keys, values }: SecretPlan): { where: string; hint: string } {
  const [certificate, key] = ['tls.crt', 'tls.key'].map((name) =>
    values.has(name) ? keys.find((planned) => planned.key === name)?.source : undefined,
  );
  if (certificate === undefined || key === undefined) {
    return { where: '', hint: 'give both of one pair: --overwrite tls.crt --overwrite tls.key' };
  }
  const places = [...new Set([certificate, key])];
  return { where: ` in ${places.join(' and ')}`, hint: `c2l history ${object.name} -n ${object.namespace}` };
}

/**
 * Has the server check every write that is planned, the way back included, without storing any: what its rights,
 * quotas, size limits or admission refuse is known while nothing is changed. Throws OperatorError.
 */
export async function rehearseWrites(
  session: Session,
  plans: readonly SecretPlan[],
  missingNamespaces: readonly string[],
): Promise<void> {
  const changing = plans.filter(({ action }) => action !== 'none');
  await Promise.all(
    changing
      .filter(({ object }) => !missingNamespaces.includes(object.namespace))
      .map(async (plan) => {
        try {
          await rehearse(session, plan);
        } catch (error) {
          if (!(error instanceof OperatorError)) throw error;
          // That somebody else was faster is for the write itself to find: only there it can be told who.
          if (error.code === 'conflict') return;
          throw new OperatorError(error.code, `nothing was changed: ${error.message}`, {
            exitCode: ExitCode.usage,
            ...(error.hint === undefined ? {} : { hint: error.hint }),
          });
        }
      }),
  );
}

async function rehearse(session: Session, plan: SecretPlan): Promise<void> {
  const { cluster, deps } = session;
  if (plan.current === undefined) {
    await cluster.createSecret({ ...newSecret(session, plan), dryRun: true });
    return;
  }
  const revision = revisionBefore(session, plan, plan.current, '');
  await cluster.createSecret({ ...revision, dryRun: true });
  if (plan.action === 'recreate') {
    await cluster.deleteSecret({ ...identityOf(plan.current), dryRun: true });
    // Its own name is still taken.
    await cluster.createSecret({ ...newSecret(session, plan), name: `${revision.name}-next`, dryRun: true });
    return;
  }
  await cluster.patchSecret({ ...secretPatch(plan, plan.current, deps.clock.now().toISOString()), dryRun: true });
}
