import { expect, test } from '@jest/globals';

import { agreeByName } from '../../src/shell/confirm.ts';
import { createScriptedPrompter } from '../support/terminal.ts';

test.each([
  ['y', 'declined: "y" was typed where live was asked for; nothing was changed'],
  ['', 'declined: nothing was typed where live was asked for; nothing was changed'],
  ['Live', 'declined: "Live" was typed where live was asked for; nothing was changed'],
])('%j instead of the name is told beside it', async (typed, message) => {
  const asked = agreeByName(createScriptedPrompter([typed]), 'type its name', 'live');
  await expect(asked).rejects.toMatchObject({ code: 'declined', exitCode: 5, message });
});

test('the name is consent, whatever stands around it', async () => {
  await expect(agreeByName(createScriptedPrompter([' live ']), 'type its name', 'live')).resolves.toBeUndefined();
});
