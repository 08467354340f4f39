import { expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ExitCode } from '../../src/exit-codes.ts';
import { start } from '../support/built-program.ts';
import { namespace, newFolder, run, secrets } from '../support/drill-world.ts';
import { sandbox } from '../support/sandbox.ts';

test('signals after the first end no way back, and are answered', async () => {
  const cluster = await sandbox({ scenario: 'healthy' });
  const before = secrets(cluster);
  const folder = newFolder();
  writeFileSync(join(folder, 'kubeconfig'), cluster.kubeconfig);
  writeFileSync(join(folder, 'backup.env'), cluster.envBackupText, { mode: 0o600 });
  const argv = run('total-secret-loss').map((word) => word.replace('env:', `env:${folder}/`));

  const drill = start(['dr-drill', ...argv, '--kubeconfig', join(folder, 'kubeconfig')]);
  await drill.said('stderr', /is deleted/);
  drill.child.kill('SIGINT');
  await drill.said('stderr', /interrupted: everything is put back first/);
  drill.child.kill('SIGINT');
  await drill.said(
    'stderr',
    new RegExp(`killed: kill -9 ${drill.child.pid},\\s+then c2l dr-drill abort -n ${namespace} --kubeconfig ${folder}`),
  );
  drill.child.kill('SIGTERM');
  drill.child.kill('SIGHUP');
  const { exitCode, stderr } = await drill.finished;

  expect(stderr).toContain(`c2l dr-drill abort -n ${namespace}`);
  expect(exitCode).toBe(ExitCode.interrupted);
  expect(secrets(cluster)).toEqual(before);
});
