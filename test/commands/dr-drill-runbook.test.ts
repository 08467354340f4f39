import { expect, jest, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { DrillReport } from '../../src/core/drill/drill-report.ts';
import { ExitCode } from '../../src/exit-codes.ts';
import { start } from '../support/built-program.ts';
import { drill, newFolder, run, secrets } from '../support/drill-world.ts';
import { sandbox } from '../support/sandbox.ts';

// Each step of a runbook is a program of its own.
jest.setTimeout(90_000);

function scenario(runbook: string, ...more: readonly string[]): string {
  return ['version: 1', 'name: mine', 'description: by people’s own words', runbook, ...more].join('\n');
}

const lostKeys = 'faults: [{ kind: lose-keys }]';

test('a shipped runbook recovers, each of its steps stands in the journal, and verify proves it', async () => {
  const file = join(newFolder(), 'mine.yaml');
  writeFileSync(file, scenario('recovery: { path: runbook, runbook: restoring-application-secrets }', lostKeys));

  const { exitCode, stdout } = await start(['dr-drill', 'run', file, '--sandbox', '--yes', '-o', 'json']).finished;

  const report = JSON.parse(stdout) as DrillReport;
  expect({ exitCode, outcome: report.outcome, wrong: report.wrong, by: report.drill.runbook }).toEqual({
    exitCode: 0,
    outcome: 'recovered',
    wrong: [],
    by: 'restoring-application-secrets',
  });
  expect(report.timeline.filter(({ step }) => step === 'recovery').map(({ detail }) => detail)).toEqual([
    'recover by runbook restoring-application-secrets',
    'step "See everything that is missing" done, exit 1',
    'step "Read the plan" done, exit 0',
    'step "Restore the values" done, exit 0',
    'step "Restart what needs it" done, exit 0',
    'step "Prove the recovery" done, exit 0',
  ]);
});

const step = (commands: string): string => `# Mine\n\n\`\`\`sh step="Repair"\n${commands}\n\`\`\`\n`;

test.each([
  ['fails', 'exit 7', [], 'step "Repair" of runbook mine ended with exit 7'],
  ['mends nothing', 'true', ['--limit', '4s'], 'verify ended with problems'],
  ['hangs', 'sleep 300', ['--limit', '1s'], 'the limit of 1 s is over'],
])('one that %s is no recovery, and the way back runs', async (_, commands, more, says) => {
  const cluster = await sandbox({ scenario: 'healthy' });
  const before = secrets(cluster);
  const cwd = newFolder();
  writeFileSync(join(cwd, 'mine.md'), step(commands));
  writeFileSync(join(cwd, 'mine.yaml'), scenario('recovery: { path: runbook, runbook: ./mine.md }', lostKeys));
  writeFileSync(join(cwd, 'backup.env'), cluster.envBackupText, { mode: 0o600 });

  const { code, report } = await drill(cluster, run('./mine.yaml', ...more), { cwd });

  expect({ code, outcome: report.outcome }).toEqual({ code: ExitCode.problems, outcome: 'not-recovered' });
  expect(report.wrong.join('\n')).toMatch(new RegExp(says));
  expect(secrets(cluster)).toEqual(before);
});

test('one that brings everything back and whose last step fails is no plain recovery', async () => {
  const folder = newFolder();
  const file = join(folder, 'mine.yaml');
  const repair = 'c2l fix-secrets --context "$CONTEXT" -n "$NAMESPACE" --from "$SOURCE" --yes';
  const tell = '\n```sh step="Tell everybody"\nexit 7\n```\n';
  const values = 'sh values\nCONTEXT=  # which\nNAMESPACE=  # where\nSOURCE=  # from what\n```\n\n```sh step="Repair"';
  writeFileSync(join(folder, 'mine.md'), step(repair).replace('sh step="Repair"', values) + tell);
  writeFileSync(file, scenario(`recovery: { path: runbook, runbook: ${folder}/mine.md }`, lostKeys));

  const { exitCode, stdout } = await start(['dr-drill', 'run', file, '--sandbox', '--yes', '-o', 'json']).finished;

  const { outcome, verdict, findings, recovery } = JSON.parse(stdout) as DrillReport;
  const trouble = 'step "Tell everybody" of runbook mine ended with exit 7';
  expect({ exitCode, outcome, verdict, findings: findings.map(({ message }) => message) }).toEqual({
    exitCode: 1,
    outcome: 'recovered-with-trouble',
    verdict: 'problems',
    findings: [`drill mine: recovered, with trouble: ${trouble}`],
  });
  expect(recovery?.phases.map(({ name }) => name)).toContain('all-verified');
});

test.each([
  [
    'a variable has no value',
    `# Mine\n\n\`\`\`sh values\nREGION=west  # where\n\`\`\`\n\n${step('true').replace('# Mine\n\n', '')}`,
    'recovery: { path: runbook, runbook: ./mine.md }',
    'runbook mine needs REGION',
  ],
  [
    'a value is none of its variables',
    step('true'),
    'recovery: { path: runbook, runbook: ./mine.md, values: { REGION: west } }',
    'REGION=west sets nothing of runbook mine',
  ],
  ['there is no such runbook', step('true'), 'recovery: { path: runbook, runbook: nothing }', 'nothing'],
])('nothing is broken where %s', async (_, runbook, recovery, says) => {
  const cluster = await sandbox({ scenario: 'healthy' });
  const before = secrets(cluster);
  const cwd = newFolder();
  writeFileSync(join(cwd, 'mine.md'), runbook);
  writeFileSync(join(cwd, 'mine.yaml'), scenario(recovery, lostKeys));
  writeFileSync(join(cwd, 'backup.env'), cluster.envBackupText, { mode: 0o600 });

  const { code, report } = await drill(cluster, run('./mine.yaml'), { cwd });

  expect(code).toBe(ExitCode.usage);
  expect(report.error?.message).toContain(says);
  expect(secrets(cluster)).toEqual(before);
});

test('what c2l does to its own recovery is refused for that of a runbook', async () => {
  const cwd = newFolder();
  writeFileSync(
    join(cwd, 'mine.yaml'),
    scenario('recovery: { path: runbook, runbook: tour }', 'faults: [{ kind: lose-keys }, { kind: undo-recovery }]'),
  );

  const { code, report } = await drill(await sandbox({ scenario: 'healthy' }), run('./mine.yaml'), { cwd });

  expect(code).toBe(ExitCode.usage);
  expect(report.error?.message).toMatch(/mine\.yaml:\d+: faults\.1: undo-recovery needs recovery path built-in/);
});
