import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { getuid } from 'node:process';
import { launcher } from '../support/built-program.ts';

/** Only root may start a program as somebody else. */
const asRoot = getuid?.() === 0 ? test : test.skip;

asRoot('runs as a number that no file of users knows, as containers do', () => {
  const unknown = 54_321;
  const { status, stderr } = spawnSync(process.execPath, [launcher, 'audit', '--sandbox', '--scenario', 'healthy'], {
    uid: unknown,
    gid: unknown,
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'], HOME: tmpdir(), NO_COLOR: '1' },
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect({ status, defect: /ERR_SYSTEM_ERROR|uv_os_get_passwd/.exec(stderr)?.[0] }).toEqual({
    status: 0,
    defect: undefined,
  });
});
