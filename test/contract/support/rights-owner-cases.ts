import type { RightsCase } from './rights-cases.ts';
import { secretName, values } from './rights-shop.ts';

const migrate = ['migrate', secretName, '--yes'];
const sealing = ['--seal-controller', 'CONTROLLER'];

/** Commands that have to do with those who write Secrets besides. */
export const ownerCases: readonly RightsCase[] = [
  {
    name: 'migrate to External Secrets',
    purpose: 'migrate',
    argv: [...migrate, '--to', 'external-secrets', '--store', 'vault'],
    code: 0,
    before: async (shop) => {
      await shop.owners.free();
      await shop.writeSecret(values);
    },
    after: (shop) => shop.owners.free(),
    writes: true,
    needsControllers: true,
  },
  {
    name: 'migrate back from External Secrets',
    purpose: 'migrate',
    argv: [...migrate, '--to', 'external-secrets', '--undo'],
    code: 0,
    before: async (shop) => {
      await shop.writeSecret(values);
      await shop.owners.hand(Object.keys(values));
    },
    after: (shop) => shop.owners.free(),
    writes: true,
    needsControllers: true,
  },
  {
    name: 'migrate to Sealed Secrets',
    purpose: 'migrate',
    argv: [...migrate, '--to', 'sealed-secrets', ...sealing],
    code: 0,
    before: async (shop) => {
      await shop.owners.free();
      await shop.writeSecret(values);
    },
    after: (shop) => shop.owners.free(),
    writes: true,
    needsControllers: true,
  },
  {
    name: 'fix-secrets of a SealedSecret',
    purpose: 'fix-secrets',
    argv: ['fix-secrets', '--yes', '--from', 'env:FOLDER/backup.env', ...sealing],
    // What is sealed is to be committed.
    code: 1,
    before: (shop) => shop.owners.seal(),
    after: async (shop) => {
      await shop.owners.free();
      await shop.writeSecret(values);
    },
    writes: true,
    needsControllers: true,
  },
];
