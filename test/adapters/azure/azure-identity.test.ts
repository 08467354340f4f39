import { expect, test } from '@jest/globals';

import { identityOf } from '../../../src/adapters/azure/azure-identity.ts';

const token = (claims: unknown) =>
  ['{"alg":"none"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
const resource = '/subscriptions/1/resourcegroups/shop/providers/Microsoft.ManagedIdentity/userAssignedIdentities/c2l';

test.each<[string, string, string | undefined]>([
  ['a managed identity', token({ appid: 'a-1', xms_mirid: resource }), 'managed identity c2l'],
  ['a person', token({ appid: 'az-cli', upn: 'ada@shop.example' }), 'user ada@shop.example'],
  ['a person of another tenant', token({ unique_name: 'ada@other.example' }), 'user ada@other.example'],
  ['a service principal', token({ appid: '1a2b-3c' }), 'application 1a2b-3c'],
  ['one that has a name', token({ azp: '1a2b-3c', app_displayname: 'c2l (shop)' }), 'application c2l (shop)'],
  ['none of these', token({ aud: 'vault' }), undefined],
  ['what is no text', token({ appid: { value: 'x' } }), undefined],
  ['what a terminal would act on', token({ upn: '\u001b[2J' }), undefined],
  ['no token of that kind', 'opaque', undefined],
  ['no claims', 'a.e30.c', undefined],
])('%s', (_, text, identity) => {
  expect(identityOf(text)).toBe(identity);
});
