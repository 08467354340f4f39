import { abortCommand, goingOnText } from '../../core/drill/drill-command.ts';
import type { DrillFault, DrillScenario } from '../../core/drill/drill-schema.ts';
import type { UnfinishedDrill } from '../../core/drill/unfinished-drill.ts';
import { spokenDuration } from '../../core/watch/duration.ts';
import { commandsHere } from '../commands-here.ts';
import { nextLines } from '../head-text.ts';
import { paragraph, table } from '../layout.ts';
import type { Style } from '../style.ts';

const firstDrill = 'c2l dr-drill run total-secret-loss --sandbox --yes';

/** One that is not finished stands in the way of all of them. */
export function listDrills(
  scenarios: readonly DrillScenario[],
  unfinished: readonly UnfinishedDrill[],
  style: Style,
): string[] {
  const [open] = unfinished;
  return [
    ...table(
      scenarios.map(({ name, description }) => [{ text: name, paint: style.bold }, { text: description }]),
      style.width,
      0,
    ),
    '',
    ...unfinished.flatMap((drill) => paragraph('', goingOnText(drill), style.width)),
    ...nextLines(open === undefined ? firstDrill : commandsHere(abortCommand(open), style), style),
  ];
}

export function describeDrill(scenario: DrillScenario, style: Style): string[] {
  const { name, description, steadyState, faults, recovery, checks, limits, objective } = scenario;
  const steps = [
    steadyState ? 'verify proves that all is well, else nothing is begun' : 'whatever is broken now is the fault',
    'backup --check proves that the sources hold every required value',
    ...(faults.length === 0 ? [] : ['a copy of everything that is touched is kept in another namespace']),
    ...faults.map(scenarioFaultText),
    ...(faults.length === 0 ? [] : ['pods that use what is broken start anew, and audit is timed']),
    recovery.path === 'built-in'
      ? 'fix-secrets, restart and verify recover, unattended'
      : `the commands of runbook ${recovery.runbook} recover, unattended, and verify proves it`,
    ...(faults.length === 0
      ? []
      : ['what the recovery did not bring back is put back from the copies, and proven again']),
    ...(checks.data ? ['a row that was written to each database before must still be there'] : []),
  ];
  return [
    ...paragraph(`${name}: `, description, style.width),
    '',
    ...steps.flatMap((step, index) => paragraph(`  ${index + 1}. `, step, style.width)),
    '',
    ...paragraph(
      '',
      `objective ${spokenDuration(objective.recovery)}; after ${spokenDuration(limits.total)} the way back begins by itself`,
      style.width,
    ),
    '',
    ...nextLines(`c2l dr-drill run ${name} --sandbox --yes`, style),
  ];
}

export function scenarioFaultText(fault: DrillFault): string {
  switch (fault.kind) {
    case 'lose-secrets': {
      const which = typeof fault.secrets === 'string' ? secretWords[fault.secrets] : fault.secrets.join(', ');
      return `${which} is deleted${fault.revisions ? ', and the revisions beside them' : ''}`;
    }
    case 'lose-keys':
      return `${fault.keys === 'required' ? 'every required key' : fault.keys.join(', ')} is taken away`;
    case 'change-values':
      return changeText(fault);
    case 'lose-workloads': {
      const which =
        fault.workloads === 'all' ? 'every Deployment, StatefulSet and DaemonSet' : fault.workloads.join(', ');
      return `${which} is deleted, with the pods; volumes, claims and data that lies in pods stay`;
    }
    case 'undo-recovery':
      return `the repair is undone ${fault.times === 1 ? 'once' : `${fault.times} times`} by somebody else`;
    case 'refuse-source':
      return `${fault.source} refuses during the recovery`;
  }
}

const secretWords = { all: 'every Secret of the stack', 'image-pull': 'every Secret that images are pulled with' };

function changeText(fault: Extract<DrillFault, { kind: 'change-values' }>): string {
  const what = {
    'another-value': 'gets another value',
    'line-break': 'gets a line break',
    'encoded-twice': 'is encoded twice',
  };
  return `${fault.keys === 'logins' ? 'each password that a check logs in with' : fault.keys.join(', ')} ${what[fault.into]}`;
}
