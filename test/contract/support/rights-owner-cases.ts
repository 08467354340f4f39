import type { RightsCase } from './rights-cases.ts';
import { secretName, values } from './rights-shop.ts';

const migrate = ['migrate', secretName, '--yes'];
const sealing = ['--seal-controller', 'CONTROLLER'];

/** A Secret that nobody else writes changes hands, and is nobody's again afterwards. */
const handover: Omit<RightsCase, 'name' | 'argv'> = {
  purpose: 'migrate',
  code: 0,
  before: async (shop) => {
    await shop.owners.free();
    await shop.writeSecret(values);
  },
  after: (shop) => shop.owners.free(),
  writes: true,
  needsControllers: true,
};

/** Commands that have to do with those who write Secrets besides. */
export const ownerCases: readonly RightsCase[] = [
  {
    name: 'migrate to External Secrets',
    argv: [...migrate, '--to', 'external-secrets', '--store', 'vault'],
    ...handover,
  },
  {
    name: 'migrate back from External Secrets',
    argv: [...migrate, '--to', 'external-secrets', '--undo'],
    ...handover,
    before: async (shop) => {
      await shop.writeSecret(values);
      await shop.owners.hand(Object.keys(values));
    },
  },
  {
    name: 'migrate to Sealed Secrets',
    argv: [...migrate, '--to', 'sealed-secrets', ...sealing],
    ...handover,
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
