import { expect, test } from '@jest/globals';
import { fileURLToPath } from 'node:url';

import { runCli } from '../support/run-cli.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** `npm run manifests` writes them anew. */
test('manifests/generated is what c2l makes of the built-in stack', async () => {
  const argv = ['generate', '--all', '--stack', 'cloudtolocalllm', '--out', 'manifests/generated', '--check'];
  const { code, stdout } = await runCli(argv, { cwd: repository });
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^check passed: \d+ files/)]);
});
