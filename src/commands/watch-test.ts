import type { Finding } from '../core/findings/findings.ts';
import { lookedUp, type ReceiversAnswer } from '../core/reports/answers.ts';
import { verdictOf } from '../core/reports/report.ts';
import { testNotice } from '../core/watch/webhook-body.ts';
import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Deps } from '../ports.ts';
import { tableGroups } from '../render/layout.ts';
import type { OutputFormat } from '../render/output-format.ts';
import { printableJson } from '../render/printable.ts';
import { asTyped } from '../render/typed-program.ts';
import type { Notifier, Told } from '../watch-ports.ts';

/** Sends a message that says it is a test to every receiver, and tells which of them took it. */
export async function tryReceivers(
  notifiers: ReadonlyMap<string, Notifier>,
  source: string,
  { output, deps: { clock, terminal } }: { readonly output: OutputFormat; readonly deps: Deps },
): Promise<ExitCode> {
  if (notifiers.size === 0) {
    throw new OperatorError('usage', 'the stack names nobody who is told', {
      hint: 'add watch.notify to the stack file',
    });
  }
  const takenAt = clock.now().toISOString();
  const notice = testNotice(source, takenAt);
  const tried = await Promise.all(
    [...notifiers.values()].map(async (notifier) => ({ name: notifier.name, told: await notifier.tell(notice) })),
  );
  const findings = tried.flatMap(({ name, told }) => findingOf(name, told));
  const verdict = verdictOf(findings);
  if (output === 'text') {
    const next = findings.length === 0 ? 'c2l watch' : 'c2l watch --test';
    const rows = tried.map(({ name, told }) => [{ text: wordOf(told) }, { text: name }, { text: reasonOf(told) }]);
    const lines = tableGroups(rows, terminal.width).flat();
    terminal.out([...lines, '', `verdict: ${verdict}`, `next: ${asTyped(next, terminal.program)}`, ''].join('\n'));
  } else {
    const receivers = tried.map(({ name, told }) => ({ name, told: told.state === 'told', detail: reasonOf(told) }));
    const document: ReceiversAnswer = { ...lookedUp, command: 'watch', verdict, findings, takenAt, receivers };
    terminal.out(`${printableJson(JSON.stringify(document, null, 2))}\n`);
  }
  return findings.length === 0 ? ExitCode.ok : ExitCode.problems;
}

function wordOf({ state }: Told): string {
  return state === 'told' ? 'PASS' : 'FAIL';
}

function reasonOf(told: Told): string {
  return told.state === 'told' ? 'took the test message' : told.reason;
}

function findingOf(name: string, told: Told): Finding[] {
  if (told.state === 'told') return [];
  return [
    {
      id: `check-failed/${name}`,
      code: 'check-failed',
      severity: 'error',
      object: { kind: 'Receiver', namespace: '', name },
      message: `${name}: ${told.reason}`,
      causes: [],
      blocks: [],
      fix: 'c2l watch --test',
    },
  ];
}
