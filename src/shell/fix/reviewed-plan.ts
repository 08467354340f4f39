import { parsePlanFile, planDifferences, type PlanFile } from '../../core/fix/plan-file.ts';
import { noSource } from '../../core/fix/plan-secrets.ts';
import type { PlannedSecret } from '../../core/fix/planned-secret.ts';
import { fromOption } from '../../core/sources/source-option.ts';
import { OperatorError } from '../../errors.ts';
import type { Session } from '../session.ts';
import { otherWriter } from './other-writer.ts';

const again = 'c2l fix-secrets --dry-run -o yaml > plan.yaml';

/** Reads a plan that was reviewed. Throws where it is none, or one of another cluster. */
export async function openPlan({ cluster, deps }: Session, file: string): Promise<PlanFile> {
  const parsed = parsePlanFile(await deps.readPlanFile(file));
  if ('wrong' in parsed) {
    throw new OperatorError('plan-invalid', `${file} is no plan of fix-secrets: ${parsed.wrong}`, { hint: again });
  }
  const { context, server } = parsed.plan;
  const lacking = parsed.plan.plan.flatMap(({ keys }) => keys.filter(({ source }) => source === noSource));
  if (lacking.length > 0) {
    const keys = lacking.map(({ key }) => key).join(', ');
    throw new OperatorError('plan-invalid', `${file} is not whole: no source has ${keys}`, {
      hint: again.replace('--dry-run', '--from env:FILE --dry-run'),
    });
  }
  if (context === cluster.context && server === cluster.server) return parsed.plan;
  throw new OperatorError(
    'plan-invalid',
    `${file} was made for context ${context}, server ${server}, not for context ${cluster.context}, server ${cluster.server}`,
    { hint: `--context ${context}` },
  );
}

/** Keys whose change was seen by whoever reviewed the plan, as `--overwrite` names them. */
export function reviewedChanges({ plan }: PlanFile): string[] {
  return plan.flatMap(({ object, keys }) =>
    keys.filter(({ change }) => change === 'CHANGE').map(({ key }) => `${object.namespace}/${object.name}/${key}`),
  );
}

/** Secrets whose deletion was seen by whoever reviewed the plan, as `--recreate` names them. */
export function reviewedRecreations({ plan }: PlanFile): string[] {
  return plan.flatMap(({ object, action }) => (action === 'recreate' ? [`${object.namespace}/${object.name}`] : []));
}

/** Nothing else is written than what was reviewed. Throws `plan-outdated` where the cluster or a source has moved on. */
export async function refuseOutdated(
  session: Session,
  file: string,
  { reviewed, plans }: { readonly reviewed: PlanFile; readonly plans: readonly PlannedSecret[] },
): Promise<void> {
  const differences = planDifferences(reviewed.plan, plans);
  const [first] = differences;
  if (first === undefined) return;
  const planned = reviewed.plan.find(({ object }) => first.startsWith(`secret/${object.name} `));
  const other = planned === undefined ? undefined : await otherWriter(session, planned.object);
  const who = other === undefined ? '' : ` (last written by ${other})`;
  throw new OperatorError(
    'plan-outdated',
    `${file} is outdated: ${differences.join('; ')}${who}; nothing was changed`,
    {
      hint: again.replace(
        '--dry-run',
        [...(reviewed.only ?? []), ...reviewed.sources.map(fromOption), '--dry-run'].join(' '),
      ),
    },
  );
}
