/** The commands that rights are printed for; beside the rules, since every start of c2l reads it. */
export const rbacPurposes = [
  'audit',
  'fix-secrets',
  'restart',
  'verify',
  'stabilize',
  'watch',
  'backup',
  'history',
  'rollback',
  'restore-sync',
  'migrate',
  'dr-drill',
] as const;
export type RbacPurpose = (typeof rbacPurposes)[number];
