import type { Stack, StackComponent } from '../stack/stack.ts';
import { dependencyOrder } from '../workloads/dependencies.ts';
import { madeOfStack, needsApplications } from './generate-kind.ts';
import { Commented, type GeneratedFile } from './generated-file.ts';
import { exactly, inOrWithout, workloadTarget, type PatchTarget } from './workload-target.ts';

const wave = 'argocd.argoproj.io/sync-wave';
/** Argo CD asks a person before it takes such an object away. */
const kept = { 'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm' };

/** How Argo CD keeps the stack as Git has it, without taking Secrets or data along: a kustomize component of patches. */
export const generateSyncPolicy = madeOfStack('sync-policy', [needsApplications], (stack): GeneratedFile[] => {
  const applications = stack.argocd.applications.filter((name) => isCritical(stack, name));
  const files = applications.map((name) => `application-${name}.yaml`);
  return [
    {
      path: 'kustomization.yaml',
      comment:
        'Name this folder under components: of the kustomizations that hold the Applications and the workloads; a patch that finds nothing there does nothing. README.md tells what to look at first.',
      use: 'beside',
      documents: [
        {
          apiVersion: 'kustomize.config.k8s.io/v1alpha1',
          kind: 'Component',
          patches: [
            ...applications.map((name, index) => ({
              path: files[index],
              target: {
                group: 'argoproj.io',
                kind: 'Application',
                name: exactly(name),
                namespace: inOrWithout(stack.argocd.namespace),
              },
            })),
            ...protectedKinds(),
            ...componentPatches(stack),
          ],
        },
      ],
    },
    ...applications.map((name, index): GeneratedFile => ({
      path: files[index] ?? '',
      use: 'beside',
      documents: [applicationPatch(stack, name)],
    })),
    { path: 'README.md', text: guide(stack, files) },
  ];
});

/** Asked of the live cluster by whoever applies them; a shell takes each command as it stands. */
function guide({ argocd }: Stack, files: readonly string[]): string {
  const named = files.map((file) => `-f ${file}`).join(' ');
  const pruned =
    '{{range $app := .items}}{{range .status.resources}}{{if .requiresPruning}}{{$app.metadata.name}} {{.kind}} {{.namespace}}/{{.name}}{{"\\n"}}{{end}}{{end}}{{end}}';
  return `# Sync policy

What prune would delete today; what is listed and still needed belongs into Git first:

    kubectl get applications.argoproj.io -n ${argocd.namespace} -o go-template='${pruned}'

What would change in the live Applications:

    kubectl diff --server-side --force-conflicts ${named}

Where no kustomization holds the Applications, this applies the patches to the live ones:

    kubectl apply --server-side --force-conflicts ${named}

A Secret, a volume claim, a namespace or a workload with data that leaves Git then waits for a yes, which is an annotation on
its Application:

    kubectl annotate applications.argoproj.io NAME -n ${argocd.namespace} argocd.argoproj.io/deletion-approved=$(date -u +%FT%TZ)

Until then nothing of that Application is synced or healed. Where the object is to stay, put it back into Git and end the sync
that waits: argocd app terminate-op NAME
`;
}

/** An Application that no component is named like may hold anything. */
function isCritical({ components }: Stack, application: string): boolean {
  return components.find(({ name }) => name === application)?.critical ?? true;
}

/** Only what is said here changes: a merge patch in a kustomization, and its own fields in a server-side apply. */
function applicationPatch({ argocd }: Stack, name: string): object {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace: argocd.namespace,
      annotations: new Commented('The order of the stack file, for an Application that holds these Applications.', {
        [wave]: String(argocd.applications.indexOf(name)),
      }),
    },
    spec: {
      syncPolicy: {
        automated: {
          selfHeal: true,
          prune: true,
          allowEmpty: new Commented('A source that renders to nothing is a mistake, and takes nothing away.', false),
        },
        retry: { limit: 5, backoff: { duration: '10s', factor: 2, maxDuration: '3m' } },
      },
    },
  };
}

function protectedKinds(): unknown[] {
  const secret = { [wave]: '-1', ...kept };
  return [
    new Commented(
      'Secrets, and what writes them, before what consumes them, and never away without a yes.',
      patch({ version: 'v1', kind: 'Secret' }, 'v1', secret),
    ),
    patch({ group: 'external-secrets.io', kind: 'ExternalSecret' }, 'external-secrets.io/v1', secret),
    patch({ group: 'bitnami.com', kind: 'SealedSecret' }, 'bitnami.com/v1alpha1', secret),
    new Commented(
      'Nor data, or a namespace, which is there before all that lies in it.',
      patch({ version: 'v1', kind: 'PersistentVolumeClaim' }, 'v1', kept),
    ),
    patch({ version: 'v1', kind: 'Namespace' }, 'v1', { [wave]: '-3', ...kept }),
  ];
}

/** Waves by the dependency chain. Argo CD waits for each, so what is not critical holds nobody up: it comes last. */
function componentPatches(stack: Stack): unknown[] {
  const levels = dependencyOrder(stack.components);
  return stack.components.map((component) => {
    const level = component.critical ? levels.findIndex((names) => names.includes(component.name)) : levels.length;
    const annotations = { [wave]: String(level), ...(mayHoldData(component) && kept) };
    return patch(workloadTarget(stack, component), 'apps/v1', annotations);
  });
}

function mayHoldData({ holdsData, workload }: StackComponent): boolean {
  return holdsData ?? workload.startsWith('StatefulSet/');
}

function patch(target: PatchTarget, apiVersion: string, annotations: Readonly<Record<string, string>>): object {
  const lines = Object.entries(annotations).map(([key, value]) => `    ${key}: '${value}'`);
  const head = [`apiVersion: ${apiVersion}`, `kind: ${target.kind}`, 'metadata:', '  name: any', '  annotations:'];
  return { target, patch: `${[...head, ...lines].join('\n')}\n` };
}
