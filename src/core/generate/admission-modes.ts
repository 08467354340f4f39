/** What the API server does with a write that the policy refuses; beside the kind, since every start of c2l reads it. */
export const admissionModes = ['deny', 'warn', 'audit'] as const;
export type AdmissionMode = (typeof admissionModes)[number];
