/** Who can take a live Secret over; `monitoring` takes the keys that it needs into a Secret of its own. */
export const migrateTargets = ['external-secrets', 'sealed-secrets', 'monitoring'] as const;
export type MigrateTarget = (typeof migrateTargets)[number];

/** As people call it. */
export const targetWords: Readonly<Record<MigrateTarget, string>> = {
  'external-secrets': 'External Secrets',
  'sealed-secrets': 'Sealed Secrets',
  monitoring: 'the monitoring',
};
