import { expect, test } from '@jest/globals';
import { watchAudit } from '../../src/commands/audit-watch.ts';
import type { AuditReport } from '../../src/core/audit/audit-report.ts';
import { OperatorError } from '../../src/errors.ts';
import { createStyle } from '../../src/render/style.ts';
import { incident, missingKey, ref } from '../render/reports.ts';
import { sandbox } from '../support/sandbox.ts';
import { testSession } from '../support/test-session.ts';

const grafana = ref('Deployment', 'grafana');
const admin = missingKey('admin-password', [grafana], [grafana]);
const token = { ...missingKey('token', [grafana], [grafana]), message: 'the token is\u001b[2J missing' };

function at(second: number, findings: AuditReport['findings']): AuditReport {
  const verdict = findings.length === 0 ? 'ok' : 'problems';
  return {
    ...incident,
    takenAt: `2026-03-01T00:00:0${second}.000Z`,
    verdict,
    findings,
    components: [],
    applications: [],
  };
}

/** Looks that answer one after the other; the last one is Ctrl-C. */
async function watched(...looks: readonly (AuditReport | OperatorError)[]) {
  const session = await testSession(await sandbox());
  const left = [...looks];
  const look = () => {
    const next = left.shift();
    if (left.length === 0) session.interrupt();
    return next instanceof OperatorError ? Promise.reject(next) : Promise.resolve(next!);
  };
  const report = await watchAudit(session, look, { intervalMs: 1, style: createStyle(false, { width: 200 }) });
  return { report, lines: session.terminal.stdout.split('\n') };
}

const down = new OperatorError('nothing-readable', 'cannot read from https://10.0.0.1:6443: connection refused');
const isChange = (line: string) => /^2026-03-01T\S+ {2}(NEW|GONE|CHANGED) /.test(line);

test('the whole page comes once, then only what changed, with the time of the look', async () => {
  const changed = { ...admin, message: 'key admin-password is missing again' };
  const { lines, report } = await watched(
    at(1, [admin]),
    at(2, [admin]),
    at(3, [changed, token]),
    at(4, [token]),
    at(5, []),
  );

  expect(lines.filter((line) => line.startsWith('c2l audit'))).toHaveLength(1);
  expect(lines.filter(isChange)).toEqual([
    String.raw`2026-03-01T00:00:03Z  NEW      error: the token is\x1b[2J missing`,
    '2026-03-01T00:00:03Z  CHANGED  error: key admin-password is missing again (was error: key admin-password is missing)',
    '2026-03-01T00:00:04Z  GONE     error: key admin-password is missing again',
    String.raw`2026-03-01T00:00:05Z  GONE     error: the token is\x1b[2J missing`,
  ]);
  expect(report.takenAt).toBe('2026-03-01T00:00:05.000Z');
});

test('a look that fails is told once, makes nothing gone, and its end is told too', async () => {
  const { lines } = await watched(at(1, [admin]), down, down, at(4, [admin]), at(5, [admin]));

  expect(lines.filter((line) => line.includes('NOT READ'))).toEqual([expect.stringContaining(down.message)]);
  expect(lines.filter((line) => line.endsWith('READ AGAIN'))).toHaveLength(1);
  expect(lines.filter(isChange)).toEqual([]);
});
