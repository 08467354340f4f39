import type { Right } from '../../cluster-ports.ts';
import { refText } from '../../core/cluster/kubernetes.ts';
import type { DrillRemain } from '../../core/drill/drill-remains.ts';
import { count } from '../../core/list-text.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import { OperatorError } from '../../errors.ts';
import { ExitCode } from '../../exit-codes.ts';
import { pauseRights, resumeSync } from '../argocd/pause-sync.ts';
import { confirmWrite, type ConfirmOptions } from '../confirm.ts';
import { removeSecret } from '../drill/drill-journal.ts';
import { proveRights } from '../prove-rights.ts';
import { removeRevisions } from '../revisions/prune-revisions.ts';
import { refuseWhenInterrupted, type Session } from '../session.ts';
import { stepByStep, type Doing } from '../step-by-step.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { findLeftovers, type Leftovers, type Removable } from './leftovers.ts';

export interface CleanOptions extends ConfirmOptions {
  readonly journalNamespace: string;
  readonly dryRun: boolean;
}

/** Ends what is left paused and removes what c2l keeps in the cluster, but for the way back of an unfinished drill. */
export async function cleanLeftovers(session: Session, options: CleanOptions): Promise<readonly StepOutcome[]> {
  const { deps } = session;
  const found = await untilInterrupted(findLeftovers(session, options.journalNamespace), deps.signal);
  refuseGaps(session, found);
  const { removable } = found;
  for (const { what, why } of found.needed) deps.terminal.err(`warning: ${what} stays: ${why}`);
  const steps = plannedSteps(removable);
  if (options.dryRun || steps.length === 0) return steps;

  await untilInterrupted(proveRights(session, rightsFor(removable)), deps.signal);
  for (const { object, detail } of steps) {
    deps.terminal.err(`${refText(object)} in namespace ${object.namespace}: ${detail}`);
  }
  await confirmWrite(session, `${questionOf(removable)}?`, options);
  refuseWhenInterrupted(session);
  const paused = removable.pauses.map(({ object }) => object);
  return [
    // It ends them from the last to the first.
    ...(await resumeSync(session, paused.reverse())),
    ...(await removeRemains(session, removable.remains)),
    ...(await removeRevisions(session, removable.revisions)),
  ];
}

/** What is left, and whether somebody still needs it, is told by all of it together. */
function refuseGaps({ cluster }: Session, { gaps: [gap] }: Leftovers): void {
  if (gap === undefined) return;
  const isForbidden = gap.cause === 'forbidden';
  throw new OperatorError(
    isForbidden ? 'forbidden' : 'nothing-readable',
    `context ${cluster.context}: what is left cannot be told: ${gap.reason}; nothing was changed`,
    {
      hint: `kubectl auth can-i list ${gap.resource}${gap.namespace === '' ? '' : ` -n ${gap.namespace}`}`,
      exitCode: isForbidden ? ExitCode.usage : ExitCode.unreadable,
    },
  );
}

function plannedSteps({ pauses, remains, revisions }: Removable): StepOutcome[] {
  return [
    ...pauses.map(({ object }): StepOutcome => {
      return { action: 'resume-sync', object, outcome: 'planned', detail: 'was left paused' };
    }),
    ...remains.map((remain): StepOutcome => {
      const { namespace, name } = remain.secret.metadata;
      const object = { kind: 'Secret', namespace, name };
      return { action: 'remove-drill-secret', object, outcome: 'planned', detail: remainText(remain) };
    }),
    ...revisions.map(({ namespace, name, secretName }): StepOutcome => {
      const object = { kind: 'Secret', namespace, name };
      return { action: 'prune-revision', object, outcome: 'planned', detail: `an older state of ${secretName}` };
    }),
  ];
}

function questionOf({ pauses, remains, revisions }: Removable): string {
  const secrets = remains.length + revisions.length;
  return [
    ...(pauses.length > 0 ? [`end ${count(pauses.length, 'pause')}`] : []),
    ...(secrets > 0 ? [`remove for good ${count(secrets, 'Secret')} that c2l keeps`] : []),
  ].join(' and ');
}

function rightsFor({ pauses, remains, revisions }: Removable): Right[] {
  const read = new Set(remains.map(({ secret }) => secret.metadata.namespace));
  const places = new Set([...read, ...revisions.map(({ namespace }) => namespace)]);
  const secrets = (verb: 'get' | 'delete', namespace: string): Right => {
    return { verb, group: '', resource: 'secrets', namespace };
  };
  return [
    ...pauseRights(pauses.map(({ object }) => object)),
    ...[...read].map((namespace) => secrets('get', namespace)),
    ...[...places].map((namespace) => secrets('delete', namespace)),
  ];
}

function removeRemains(session: Session, remains: readonly DrillRemain[]): Promise<StepOutcome[]> {
  const removals = remains.map((remain): Doing => {
    const { namespace, name } = remain.secret.metadata;
    return {
      action: 'remove-drill-secret',
      object: { kind: 'Secret', namespace, name },
      run: async () => {
        await removeSecret(session, namespace, name);
        return remainText(remain);
      },
    };
  });
  return stepByStep(session, removals, {
    command: 'c2l doctor --clean',
    obstacle: ({ name }) => `${name} could not be removed`,
  });
}

function remainText({ what, of }: DrillRemain): string {
  if (what === 'results') return `the results of the drills in ${of}`;
  return what === 'copy' ? `a copy of a finished drill in ${of}` : `the journal of a finished drill in ${of}`;
}
