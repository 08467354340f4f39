import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { DrillReport } from '../../src/core/drill/drill-report.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { start } from '../support/built-program.ts';
import { sampled } from '../support/exhaustive.ts';
import { namespace, secrets } from '../support/drill-world.ts';
import { partingProxy, type PartingProxy } from './support/parting-proxy.ts';

jest.setTimeout(240_000);

const awayMs = 5000;

let sandbox: Sandbox;
let proxy: PartingProxy;
let folder: string;

beforeAll(async () => {
  sandbox = await startSandbox({ scenario: 'healthy', speed: 10 });
  proxy = await partingProxy(sandbox.kubeconfig);
  folder = mkdtempSync(join(tmpdir(), 'c2l-drill-away-'));
  writeFileSync(join(folder, 'kubeconfig'), proxy.kubeconfig);
  writeFileSync(join(folder, 'backup.env'), sandbox.envBackupText, { mode: 0o600 });
});

afterAll(async () => {
  proxy.close();
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const moments: readonly (readonly [string, RegExp])[] = [
  ['the copies are kept', /^drill: keep a copy/m],
  ['the Secrets are gone', /^drill: start anew/m],
  ['the recovery is begun', /^drill: recover from the sources/m],
  ['all is proven', /^drill: recovered after/m],
  ['the way back is begun', /^drill: put back what/m],
  ['the copies are taken away', /^drill: remove the copies/m],
];

test.each(sampled(moments, 3, 1))(
  'a drill whose API server is gone for a while when %s leaves everything as it was',
  async (_, moment) => {
    const before = secrets(sandbox);
    const running = start(
      [
        ...['dr-drill', 'run', 'total-secret-loss', '--confirm', 'c2l-sandbox', '-n', namespace, '-o', 'json'],
        ...['--kubeconfig', join(folder, 'kubeconfig'), '--from', `env:${join(folder, 'backup.env')}`],
      ],
      { timeoutMs: 180_000 },
    );

    await running.said('stderr', moment);
    proxy.cut();
    await delay(awayMs);
    proxy.mend();
    const { exitCode, stdout, stderr } = await running.finished;

    expect({ isTold: [0, 1].includes(exitCode ?? -1), stderr }).toEqual({ isTold: true, stderr: expect.any(String) });
    const { outcome, wrong } = JSON.parse(stdout) as DrillReport;
    // Where it was cut off it says why, and never calls it a recovery.
    if (outcome !== 'recovered')
      expect({ outcome, isExplained: wrong.length > 0 }).toEqual({ outcome: 'not-recovered', isExplained: true });
    expect(secrets(sandbox)).toEqual(before);
    const left = sandbox.store.list('secrets').filter(({ type }) => type === 'c2l.dev/drill');
    expect(left.map(({ metadata }) => metadata.name).filter((name) => !name.startsWith('c2l-drill-results.'))).toEqual(
      [],
    );
  },
);
