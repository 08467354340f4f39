import * as z from 'zod';

const text = z.string().min(1, 'expected some text');
const seconds = z.string().regex(/^[1-9]\d*(s|m|h|d)$/, 'expected a duration such as "30s", "5m", "2h" or "1d"');
const count = z.int().min(1).max(1000);
const webUrl = z.string().regex(/^https?:\/\/[^\s]+$/, 'expected a URL that starts with http:// or https://');
const kubernetesName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'expected a name of lower-case letters, digits, "-" and "."');

const secretText = z
  .union(
    [
      z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of a variable') }),
      z.strictObject({ file: text }),
    ],
    { error: 'expected { env: NAME } or { file: PATH }' },
  )
  .describe('where a text lies that nobody may read here: an environment variable or a file');

const endpoint = z.strictObject({
  name: kubernetesName.describe('what the incident calls it'),
  url: webUrl,
  status: z.int().min(100).max(599).default(200).describe('what it must answer; redirects are not followed'),
  json: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .describe('what the JSON answer must hold: path such as "database.status" to value'),
  timeout: seconds.default('10s').describe('longest wait for the whole answer'),
  certificateDays: z.int().min(0).max(365).default(14).describe('warn when its certificate ends sooner; 0 is never'),
  critical: z.boolean().default(true).describe('whether its failure is an error or a warning'),
  dependsOn: z.array(kubernetesName).default([]).describe('endpoints and components whose failure explains its own'),
});

const once = z.strictObject({
  name: text,
  from: z.iso.datetime({ offset: true, error: 'expected a time such as 2026-12-01T02:00:00Z' }),
  to: z.iso.datetime({ offset: true, error: 'expected a time such as 2026-12-01T04:00:00Z' }),
  targets: z.array(kubernetesName).nonempty().optional().describe('endpoints and components; default: all'),
});

const weekDays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const repeated = z.strictObject({
  name: text,
  days: z.array(z.enum(weekDays)).nonempty().optional().describe('default: every day'),
  at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day in UTC such as "02:30"'),
  for: seconds,
  targets: z.array(kubernetesName).nonempty().optional().describe('endpoints and components; default: all'),
});

/** A time that is told once, or that comes again. */
export const windowSchema = z.union([once, repeated], { error: 'expected { name, from, to } or { name, at, for }' });

const mailAddress = z.string().regex(/^[^\s@<>]+@[^\s@<>]+$/, 'expected a mail address');

const webhook = z
  .strictObject({
    kind: z.literal('webhook'),
    name: kubernetesName,
    url: secretText,
    template: z.enum(['json', 'slack', 'teams']).default('json').describe('shape of what is posted'),
    body: text
      .optional()
      .describe('a JSON template of your own instead: {{title}}, {{kind}}, {{severity}}, {{text}}, {{incident}}, …'),
    headers: z.record(z.string(), secretText).default({}).describe('such as Authorization'),
  })
  .describe('posts JSON');

const pagerduty = z
  .strictObject({
    kind: z.literal('pagerduty'),
    name: kubernetesName,
    routingKey: secretText,
    url: webUrl.default('https://events.pagerduty.com/v2/enqueue'),
  })
  .describe('triggers and resolves by PagerDuty events v2');

const email = z
  .strictObject({
    kind: z.literal('email'),
    name: kubernetesName,
    host: text,
    port: z.int().min(1).max(65_535).default(587),
    tls: z.enum(['starttls', 'implicit', 'none']).default('starttls'),
    user: text.optional(),
    password: secretText.optional(),
    from: mailAddress,
    to: z.array(mailAddress).nonempty('expected at least one address'),
  })
  .describe('sends mail by SMTP');

/** The section `watch` of the stack file: what is looked at from outside, and who is told. */
export const watchSchema = z.strictObject({
  interval: seconds.default('60s').describe('from the start of one round to the next'),
  failureThreshold: count.default(3).describe('failures in a row before anybody is told'),
  successThreshold: count.default(2).describe('passes in a row before it counts as recovered'),
  reminder: seconds.default('4h').describe('how often an open incident is told again'),
  cluster: z.boolean().optional().describe('whether the cluster is looked at too; default: where there is one'),
  endpoints: z.array(endpoint).default([]).describe('URLs that must answer'),
  maintenance: z.array(windowSchema).default([]).describe('when nobody is told; everything is still checked'),
  connectivity: z
    .array(webUrl)
    .default([])
    .describe('asked when something fails: where none answers, it is the checker that is offline'),
  heartbeat: secretText.optional().describe("URL that is asked after each round, for a dead-man's switch to watch"),
  notify: z
    .array(z.discriminatedUnion('kind', [webhook, pagerduty, email]))
    .default([])
    .describe('who is told; standard output always is'),
});

export type WatchSection = z.infer<typeof watchSchema>;
export type WatchEndpoint = WatchSection['endpoints'][number];
export type MaintenanceWindow = WatchSection['maintenance'][number];
export type NotifierSpec = WatchSection['notify'][number];
export type SecretText = z.infer<typeof secretText>;
