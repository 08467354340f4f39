// A named import of `z` would bring every locale of the library into the program.
import * as z from 'zod';

import { durationMs, writtenDuration } from '../watch/duration.ts';

const kubernetesName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'expected a Kubernetes name: lower-case letters, digits, "-" and "."');
const workloadName = z
  .string()
  .regex(
    /^(Deployment|StatefulSet|DaemonSet)\/[a-z0-9][-a-z0-9.]*$/,
    'expected KIND/NAME with kind Deployment, StatefulSet or DaemonSet',
  );
const duration = z
  .string()
  .regex(/^\d{1,4}(s|m|h|d)$/, 'expected a duration such as 90s, 5m or 7d')
  .transform(durationMs);
const keys = z
  .array(z.string().regex(/^[-._a-zA-Z0-9]+$/, 'expected a Secret key'))
  .nonempty('expected at least one key');

const fault = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('lose-secrets'),
    /** `image-pull` are the credentials of registries. */
    secrets: z
      .union([z.enum(['all', 'image-pull']), z.array(kubernetesName).nonempty('expected at least one name')])
      .default('all'),
    /** Whether what c2l kept beside them goes too, so that only the sources are left. */
    revisions: z.boolean().default(true),
  }),
  z.strictObject({
    kind: z.literal('lose-keys'),
    keys: z.union([z.literal('required'), keys]).default('required'),
  }),
  z.strictObject({
    kind: z.literal('change-values'),
    /** `logins` are the passwords that the checks of the stack log in with. */
    keys: z.union([z.literal('logins'), keys]).default('logins'),
    into: z.enum(['another-value', 'line-break', 'encoded-twice']),
  }),
  z.strictObject({
    kind: z.literal('lose-workloads'),
    workloads: z.union([z.literal('all'), z.array(workloadName).nonempty('expected at least one name')]).default('all'),
  }),
  /** Somebody who writes the broken Secrets as well breaks them again, each time that they were repaired. */
  z.strictObject({ kind: z.literal('undo-recovery'), times: z.int().min(1).max(10).default(2) }),
  z.strictObject({ kind: z.literal('refuse-source'), source: z.enum(['azure-key-vault']) }),
]);

const recovery = z.discriminatedUnion('path', [
  /** By the code of fix-secrets, restart and verify. */
  z.strictObject({ path: z.literal('built-in') }),
  /** By the commands of a runbook, as `c2l runbook run NAME --yes` runs them. */
  z.strictObject({
    path: z.literal('runbook'),
    /** One of c2l's, or the path of a file. */
    runbook: z.string().min(1, 'expected the name of a runbook, or the path of one'),
    /** What its variables stand for, over what the drill knows: CONTEXT, NAMESPACE and SOURCE. */
    values: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'expected the name of a variable'), z.string()).default({}),
  }),
]);

/** What c2l does to its own recovery cannot be done to that of others. */
const ofBuiltInAlone: readonly string[] = ['undo-recovery', 'refuse-source'];

/** A disaster that is rehearsed: what is broken, what must hold before and after, and how long it may take. */
const drillObject = z.strictObject({
  version: z.literal(1, 'expected 1: this c2l reads version 1'),
  name: kubernetesName,
  description: z.string().min(1),
  /** Whether the stack must be proven healthy first; without it, the recovery is of what is broken now. */
  steadyState: z.boolean().default(true),
  faults: z.array(fault).default([]),
  recovery: recovery.default({ path: 'built-in' }),
  checks: z
    .strictObject({
      /** A row that was written to each database before must be there after. */
      data: z.boolean().default(true),
    })
    .default({ data: true }),
  limits: z.strictObject({ total: duration }).default({ total: 900_000 }),
  objective: z
    .strictObject({
      recovery: duration.default(300_000),
      /** How old the oldest value of the sources may be; without it, any age will do that holds what runs. */
      backupAge: duration.optional(),
    })
    .default({ recovery: 300_000 }),
});

export const drillSchema = drillObject.superRefine(({ recovery: { path }, faults }, context) => {
  if (path === 'built-in') return;
  for (const [index, { kind }] of faults.entries()) {
    if (!ofBuiltInAlone.includes(kind)) continue;
    context.addIssue({ code: 'custom', path: ['faults', index], message: `${kind} needs recovery path built-in` });
  }
});

export type DrillScenario = z.infer<typeof drillSchema>;
export type DrillFault = DrillScenario['faults'][number];
export type ValueChange = Extract<DrillFault, { kind: 'change-values' }>['into'];

/** A scenario as its file would hold it, to begin one of one's own with. */
export function scenarioDocument(scenario: DrillScenario): object {
  const { limits, objective } = scenario;
  return {
    ...scenario,
    limits: { total: writtenDuration(limits.total) },
    objective: {
      recovery: writtenDuration(objective.recovery),
      ...(objective.backupAge === undefined ? {} : { backupAge: writtenDuration(objective.backupAge) }),
    },
  };
}

/** Checks what a scenario file holds, and names everything wrong with it at once. */
export function parseDrill(
  input: unknown,
):
  | { readonly ok: true; readonly scenario: DrillScenario }
  | { readonly ok: false; readonly problems: readonly { path: (string | number)[]; message: string }[] } {
  const parsed = drillSchema.safeParse(input);
  if (parsed.success) return { ok: true, scenario: parsed.data };
  const problems = parsed.error.issues.map(({ path, message }) => ({
    path: path.filter((step) => typeof step !== 'symbol'),
    message: message.charAt(0).toLowerCase() + message.slice(1),
  }));
  return { ok: false, problems };
}
