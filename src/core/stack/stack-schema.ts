// A named import of `z` would bring every locale of the library into the program.
import * as z from 'zod';
import { defaultPlaceholders } from '../secrets/value-format.ts';
import { watchSchema, windowSchema } from '../watch/watch-schema.ts';
import { checkSchema, hostName, portNumber } from './check-schema.ts';
import { ignoreSchema } from './ignore-schema.ts';

const name = z.string().min(1, 'expected some text');
const positive = z.int().positive().max(1_048_576);
const kubernetesName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'expected a Kubernetes name: lower-case letters, digits, "-" and "."')
  .max(253);
/** Part of the names of hosts, which take no dot inside a label. */
const namespaceName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'expected a namespace: lower-case letters, digits and "-"')
  .max(63);
const workloadText = z
  .string()
  .regex(
    /^(Deployment|StatefulSet|DaemonSet)\/[a-z0-9][-a-z0-9.]*$/,
    'expected KIND/NAME with kind Deployment, StatefulSet or DaemonSet',
  );

const format = z
  .strictObject({
    minLength: positive.optional().describe('fewest characters'),
    pattern: z.string().optional().describe('regular expression over the whole value'),
    oneOf: z.array(z.string()).nonempty('expected at least one value').optional().describe('the only accepted values'),
    kind: z.enum(['json', 'pem', 'url']).optional().describe('what the value must parse as'),
    minDecodedBytes: positive.optional().describe('base64 that decodes to at least this many bytes'),
  })
  .describe('what a value must look like; all given conditions must hold');

const sourceName = {
  env: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, 'expected a name that a .env file can hold, such as POSTGRES_PASSWORD')
    .optional()
    .describe('name in a .env backup'),
  azureKeyVault: z
    .string()
    .regex(
      /^[0-9a-zA-Z-]{1,127}(\/[0-9a-f]{32})?$/,
      'expected NAME of letters, digits and "-", as Key Vault names are, or NAME/VERSION',
    )
    .optional()
    .describe('name in Azure Key Vault, or NAME/VERSION to pin one of its versions'),
};

const loginPart = z.strictObject(sourceName).default({});

const key = z.strictObject({
  required: z.boolean().default(true).describe('whether the stack works without it'),
  format: format.optional(),
  generate: z.boolean().default(false).describe('whether c2l may make up a new value'),
  from: z
    .strictObject({
      ...sourceName,
      sources: z
        .array(
          z
            .string()
            .regex(/^(azure-key-vault|env|age):./, 'expected azure-key-vault:NAME-OR-URL, env:FILE or age:FILE'),
        )
        .optional()
        .describe('asked for this key after those of the command line, in order of precedence'),
      login: z
        .strictObject({ registry: loginPart, user: loginPart, password: loginPart })
        .optional()
        .describe('what a .dockerconfigjson is built of where no source has it whole; named SECRET-registry and so on'),
    })
    .default({})
    .describe('its name in each source, where it differs from the default'),
});

const secret = z.strictObject({
  name: kubernetesName,
  namespace: namespaceName.optional().describe('default: the first namespace of the stack'),
  type: name.default('Opaque').describe('type of a Secret that c2l has to create'),
  keys: z
    .record(
      z.string().regex(/^[-._a-zA-Z0-9]+$/, 'expected a Secret key: letters, digits, "-", "_" and "."'),
      key.describe('one key of the Secret; {} where the defaults are right'),
    )
    .describe('the keys that workloads need'),
});

const component = z.strictObject({
  name: kubernetesName,
  workload: workloadText.describe('KIND/NAME, such as StatefulSet/postgres'),
  namespace: namespaceName.optional().describe('default: the first namespace of the stack'),
  critical: z.boolean().default(true).describe('whether a failed check of it fails the whole'),
  holdsData: z
    .boolean()
    .optional()
    .describe(
      'whether its pods hold data that nobody can make anew; default: as its postgres-login check or its image tells',
    ),
  dependsOn: z.array(kubernetesName).default([]).describe('components that must be up before it can be'),
  initWaits: z
    .array(
      z.strictObject({
        container: kubernetesName.describe('name of the init container'),
        host: hostName.describe('what it waits for'),
        port: portNumber,
      }),
    )
    .default([])
    .describe('init containers that do nothing but wait; c2l generate resilience gives each an end'),
  steady: z
    .string()
    .regex(/^\d+(s|m)$/, 'expected a duration such as "2s" or "1m", or "0s" to believe it at once')
    .optional()
    .describe('how long verify must see it ready without a restart before it is believed; default: 1s'),
  checks: z.array(checkSchema).default([]).describe('proved by verify after the workload is ready'),
});

/** The only version of the stack file that this c2l reads. */
export const stackVersion = 1;

/** The stack file, `c2l.yaml`. The shipped JSON Schema is generated from this definition. */
export const stackSchema = z.strictObject({
  version: z.literal(stackVersion).describe('of the format of this file'),
  name: kubernetesName.describe('what people call this installation'),
  namespaces: z
    .tuple([namespaceName], namespaceName)
    .default(['default'])
    .describe('the first is the default of everything below; only a stack of endpoints needs none'),
  production: z
    .strictObject({
      contexts: z.array(name).default([]),
      namespaces: z.array(namespaceName).default([]),
      drills: z
        .strictObject({ windows: z.array(windowSchema).nonempty('expected at least one window') })
        .optional()
        .describe('allows disaster drills there, and when; without it there are none'),
    })
    .default({ contexts: [], namespaces: [] })
    .describe('where a write must be confirmed by typing the name'),
  argocd: z
    .strictObject({ namespace: namespaceName.default('argocd'), applications: z.array(kubernetesName).default([]) })
    .describe('where Argo CD runs and which of its Applications belong to the stack')
    .default({ namespace: 'argocd', applications: [] }),
  azureKeyVault: z
    .strictObject({
      vault: z
        .string()
        .regex(
          /^([a-zA-Z][0-9a-zA-Z-]{1,22}[0-9a-zA-Z]|https:\/\/[^\s/]+)\/?$/,
          'expected the name of a vault, or its https: URL',
        )
        .describe('name of the vault, or its URL'),
      clientId: name.optional().describe('of the managed identity that reads the vault'),
      tenantId: name.optional().describe('of the directory that the identity belongs to'),
    })
    .optional()
    .describe('the vault that generated manifests read from, and as whom'),
  runbooks: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('where docs/finding-codes.md of c2l can be read; generated alerts link to its sections'),
  placeholders: z
    .array(z.string().min(1))
    .default([...defaultPlaceholders])
    .describe('values that are as bad as missing; * matches anything'),
  secrets: z.array(secret).default([]).describe('Secrets whose keys must be there'),
  components: z.array(component).default([]).describe('workloads, what they depend on, and how to prove them'),
  monitoring: z
    .strictObject({
      components: z
        .array(kubernetesName)
        .nonempty('expected at least one component')
        .describe('what shows an outage, and must not go down with it'),
      secret: kubernetesName.describe('the Secret that they are to have for themselves'),
      from: kubernetesName.describe('the Secret that they share with the applications'),
      namespace: namespaceName
        .optional()
        .describe('a namespace of their own; default: that of the Secret that they share'),
    })
    .optional()
    .describe('how the monitoring is decoupled from the applications: c2l generate decouple-monitoring'),
  ignore: z.array(ignoreSchema).default([]).describe('findings that do not count, each with a reason and an end'),
  watch: watchSchema.optional().describe('what c2l watch looks at from outside the cluster, and whom it tells'),
});
