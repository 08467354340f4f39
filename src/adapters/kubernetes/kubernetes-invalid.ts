import type { ApiStatus, Subject } from './kubernetes-errors.ts';

export interface Refusal {
  readonly wrong: string;
  /** What shows more of it than c2l passes on. */
  readonly hint?: string;
}

/** Who refused what the API server itself would have taken. What they say may quote values: only their names are told. */
const admission: readonly (readonly [
  pattern: RegExp,
  refusal: (name: string, subject: { readonly namespace: string; readonly message: string }) => Refusal,
])[] = [
  [
    /ValidatingAdmissionPolicy '([\w.:-]{1,253})'/,
    (name) => ({
      wrong: `the admission policy ${name} refuses it`,
      hint: `kubectl get validatingadmissionpolicy ${name} -o yaml`,
    }),
  ],
  [
    /admission webhook "([\w.:-]{1,253})" denied the request/,
    (name) => ({ wrong: `the admission webhook ${name} refuses it`, hint: findWebhook(name) }),
  ],
  [
    /failed calling webhook "([\w.:-]{1,253})"/,
    (name, { message }) => ({
      wrong: `the API server cannot ask the admission webhook ${name}${whyNot(message)}`,
      hint: findWebhook(name),
    }),
  ],
  [
    /exceeded quota: ([\w.:-]{1,253}),/,
    (name, { namespace }) => ({
      wrong: `quota ${name} has no room for it`,
      hint: `kubectl -n ${namespace} describe resourcequota ${name}`,
    }),
  ],
];

/** What the API server met when it called a webhook, in words of its own libraries. */
const silences: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/context deadline exceeded|Client\.Timeout|i\/o timeout/, 'it does not answer in time'],
  [/connection refused/, 'it refuses connections'],
  [/no endpoints available for service/, 'its Service has no endpoints'],
  [/service "[^"]*" not found/, 'its Service does not exist'],
  [/no such host/, 'its host has no address'],
  [/x509:/, 'its certificate is not trusted'],
  [/an error on the server|server could not find|status code|unexpected/, 'it answers with an error'],
];

function whyNot(message: string): string {
  const words = silences.find(([pattern]) => pattern.test(message))?.[1];
  return words === undefined ? '' : `: ${words}`;
}

function findWebhook(name: string): string {
  return `kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations -o yaml | grep -B20 ${name}`;
}

/** Undefined where it was not an admission that refused. */
export function refusedAtAdmission({ message }: ApiStatus, { namespace = 'default' }: Subject): Refusal | undefined {
  for (const [pattern, refusal] of admission) {
    const name = pattern.exec(message)?.[1];
    if (name !== undefined) return refusal(name, { namespace, message });
  }
  return undefined;
}

const words: Readonly<Record<string, string>> = {
  FieldValueRequired: 'is missing',
  FieldValueTooLong: 'is too long',
  FieldValueForbidden: 'may not be as it is',
  FieldValueNotSupported: 'has a value that it does not know',
  FieldValueDuplicate: 'is there twice',
};

/** Of a 422, by the fields that the server names: its message may quote what stands in them. */
export function invalidReason({ causes }: ApiStatus): string {
  const isAt = (field: string, pattern: RegExp): boolean =>
    causes.some((cause) => cause.field === field && pattern.test(cause.message));
  if (['data', 'immutable', 'binaryData'].some((field) => isAt(field, /field is immutable when `immutable` is set/))) {
    return 'it is immutable (422)';
  }
  if (isAt('data', /^Too long/)) return 'its data would be larger than 1 MiB (422)';
  // What cannot be read as a patch is repeated whole, and is no field.
  const fields = causes.filter(({ field }) => field !== 'patch' && /^[ -~]{1,120}$/.test(field));
  const told = fields.map(({ field, reason, message }) => `${field} ${wordFor(reason, message)}`);
  const named = [...new Set(told)].slice(0, 5).join(', ');
  return named === '' ? 'the API server holds it for invalid (422)' : `the API server refuses it: ${named} (422)`;
}

function wordFor(reason: string, message: string): string {
  if (message.endsWith(': field is immutable')) return 'cannot be changed';
  return words[reason] ?? 'is invalid';
}
