import { namespaceOf, type Stack } from '../stack/stack.ts';
import { dependencyOrder } from '../workloads/dependencies.ts';
import { madeOfStack, needsComponents } from './generate-kind.ts';
import type { GeneratedFile } from './generated-file.ts';

/** What an empty cluster needs first, and a guide to the rest of it in its order. */
export const generateBootstrap = madeOfStack('bootstrap', [needsComponents], (stack): GeneratedFile[] => [
  {
    path: 'namespaces.yaml',
    comment: `The namespaces of stack ${stack.name}, before all that lies in them. Beside, since other manifests of yours may make them.`,
    use: 'beside',
    documents: stack.namespaces.map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name,
        annotations: {
          'argocd.argoproj.io/sync-wave': '-3',
          'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
        },
      },
    })),
  },
  { path: 'README.md', text: guide(stack) },
]);

function guide(stack: Stack): string {
  const { name, argocd } = stack;
  const levels = dependencyOrder(stack.components).map((names, index) => `${index + 1}. ${names.join(', ')}`);
  const syncs = argocd.applications.map((application) => command(`argocd app sync ${application}`)).join('\n');
  const keys = stack.secrets.flatMap((secret) => {
    const required = Object.entries(secret.keys).flatMap(([key, { required: isRequired }]) =>
      isRequired ? [key] : [],
    );
    return required.length === 0
      ? []
      : [`- ${namespaceOf(stack, secret)}/${secret.name}: ${required.sort().join(', ')}`];
  });
  const parts = [
    `# An empty cluster becomes stack ${name}

All of this, in this order, with a question before each part that writes, and on from where it stopped when it is run again:

${command('c2l bootstrap --manifests DIR --from azure-key-vault:VAULT')}

By hand it is this.

## Namespaces

${command('kubectl apply --server-side -f namespaces.yaml')}

## Kinds that the manifests use

What is not listed here has to be installed first: Argo CD, External Secrets or Sealed Secrets, the Prometheus operator.

${command("kubectl get crd -o name | grep -E 'argoproj.io|external-secrets.io|bitnami.com|monitoring.coreos.com'")}

## The vault, and who reads it

${vaultText(stack)}
`,
  ];
  if (keys.length > 0) {
    parts.push(`## Secrets, before what needs them

${keys.join('\n')}

${command('c2l fix-secrets --from azure-key-vault:VAULT')}
`);
  }
  parts.push(`## Workloads, each after what it depends on

${levels.join('\n')}
${syncs === '' ? '' : `\nWhere Argo CD deploys them:\n\n${syncs}\n`}
## First logins

Every workload ready, every login of the stack file made, every endpoint answered:

${command('c2l verify')}
`);
  return parts.join('\n');
}

function vaultText({ azureKeyVault, secrets }: Stack): string {
  const [first] = secrets;
  const check = command('c2l backup --check --from azure-key-vault:VAULT');
  if (azureKeyVault === undefined || first === undefined) return `A value that it lacks shows now:\n\n${check}`;
  return `The identity reads ${azureKeyVault.vault} (role Key Vault Secrets User); a value that it lacks shows now:

${command(`c2l backup --check --from azure-key-vault:${azureKeyVault.vault}`)}`;
}

function command(text: string): string {
  return `    ${text}`;
}
