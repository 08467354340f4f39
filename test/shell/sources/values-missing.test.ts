import { expect, test } from '@jest/globals';

import type { WantedKey } from '../../../src/core/fix/wanted-key.ts';
import { nothingCollected } from '../../../src/shell/sources/ask-sources.ts';
import { valuesMissing } from '../../../src/shell/sources/values-missing.ts';

const key: WantedKey = { namespace: 'shop', secret: 'app', key: 'token', reason: 'missing', references: [] };

test.each([
  ['is a placeholder', 'c2l fix-secrets --from env:FILE or --from azure-key-vault:NAME-OR-URL'],
  ['ends in a line break', 'c2l fix-secrets --from age:FILE, which keeps whitespace, or store the value without it'],
])('what helps with a value that %s is named, whatever source it stands in', (reason, hint) => {
  for (const label of ['env:backup.env', 'azure-key-vault:prod']) {
    const collected = { ...nothingCollected(), refusals: new Map([['shop/app/token', [`${label}: ${reason}`]]]) };
    const error = valuesMissing([key], { asked: [], collected, kept: undefined });
    expect([error.code, error.hint]).toEqual(['values-invalid', hint]);
  }
});
