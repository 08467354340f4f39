/** The scenarios that ship with c2l, the most telling first. */
export const builtInDrills: readonly string[] = [
  'total-secret-loss',
  'missing-keys',
  'current-state',
  'wrong-value',
  'corrupted-value',
  'vault-outage',
  'registry-credentials-loss',
  'namespace-loss',
  'owner-fight',
];
