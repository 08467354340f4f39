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
    secrets: z
      .union([z.enum(['all', 'image-pull']), z.array(kubernetesName).nonempty('expected at least one name')])
      .default('all')
      .describe('which are deleted; image-pull are the credentials of registries'),
    revisions: z
      .boolean()
      .default(true)
      .describe('whether what c2l kept beside them goes too, so that only the sources are left'),
  }),
  z.strictObject({
    kind: z.literal('lose-keys'),
    keys: z
      .union([z.literal('required'), keys])
      .default('required')
      .describe('which are taken away'),
  }),
  z.strictObject({
    kind: z.literal('change-values'),
    keys: z
      .union([z.literal('logins'), keys])
      .default('logins')
      .describe('logins are the passwords that the checks of the stack log in with'),
    into: z
      .enum(['another-value', 'line-break', 'encoded-twice'])
      .describe('what becomes of each: a line break is put at its end'),
  }),
  z.strictObject({
    kind: z.literal('lose-workloads'),
    workloads: z
      .union([z.literal('all'), z.array(workloadName).nonempty('expected at least one name')])
      .default('all')
      .describe('KIND/NAME of what is deleted; volumes and claims stay'),
  }),
  z.strictObject({
    kind: z.literal('undo-recovery'),
    times: z
      .int()
      .min(1)
      .max(10)
      .default(2)
      .describe('how often somebody else breaks the Secrets again after they were repaired'),
  }),
  z.strictObject({
    kind: z.literal('refuse-source'),
    source: z.enum(['azure-key-vault']).describe('gives no answer during the recovery'),
  }),
]);

const recovery = z.discriminatedUnion('path', [
  z.strictObject({ path: z.literal('built-in').describe('by the code of fix-secrets, restart and verify') }),
  z.strictObject({
    path: z.literal('runbook').describe('by its commands, as c2l runbook run NAME --yes runs them'),
    runbook: z.string().min(1, 'expected the name of a runbook, or the path of one').describe('its name, or its path'),
    values: z
      .record(z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'expected the name of a variable'), z.string())
      .default({})
      .describe('what its variables stand for, over what the drill knows: CONTEXT, NAMESPACE and SOURCE'),
  }),
]);

/** What c2l does to its own recovery cannot be done to that of others. */
const ofBuiltInAlone: readonly string[] = ['undo-recovery', 'refuse-source'];

/** A disaster that is rehearsed: what is broken, what must hold before and after, and how long it may take. */
const drillObject = z.strictObject({
  version: z.literal(1, 'expected 1: this c2l reads version 1').describe('of the format of this file'),
  name: kubernetesName.describe('what reports and history call it'),
  description: z.string().min(1).describe('what is lost, in a line'),
  steadyState: z
    .boolean()
    .default(true)
    .describe('whether the stack must be proven healthy first; without it, the recovery is of what is broken now'),
  faults: z.array(fault).default([]).describe('what is broken, in this order'),
  recovery: recovery.default({ path: 'built-in' }).describe('how it is recovered from'),
  checks: z
    .strictObject({
      data: z.boolean().default(true).describe('a row that was written to each database before must be there after'),
    })
    .default({ data: true })
    .describe('what is proven beside the checks of the stack'),
  limits: z
    .strictObject({ total: duration.describe('after which the way back begins by itself') })
    .default({ total: 900_000 })
    .describe('default: 15m'),
  objective: z
    .strictObject({
      recovery: duration.default(300_000).describe('from the fault until everything is proven; default: 5m'),
      backupAge: duration
        .optional()
        .describe('how old the oldest value of the sources may be; default: any age will do that holds what runs'),
    })
    .default({ recovery: 300_000 })
    .describe('what makes the drill a success'),
});

const drillSchema = drillObject.superRefine(({ recovery: { path }, faults }, context) => {
  if (path === 'built-in') return;
  for (const [index, { kind }] of faults.entries()) {
    if (!ofBuiltInAlone.includes(kind)) continue;
    context.addIssue({ code: 'custom', path: ['faults', index], message: `${kind} needs recovery path built-in` });
  }
});

export type DrillScenario = z.infer<typeof drillSchema>;
export type DrillFault = DrillScenario['faults'][number];
export type ValueChange = Extract<DrillFault, { kind: 'change-values' }>['into'];

/** The schema of a scenario file, for its reference. */
export function drillJsonSchema(): object {
  return z.toJSONSchema(drillSchema, { io: 'input' });
}

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
