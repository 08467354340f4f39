import { namespaceOf, type Stack, type StackComponent } from '../stack/stack.ts';
import { boundedWait } from './bounded-wait.ts';
import { madeOfStack, type StackNeed } from './generate-kind.ts';
import { Commented, type GeneratedFile } from './generated-file.ts';
import { workloadTarget } from './workload-target.ts';

interface Endpoint {
  readonly path: string;
  readonly port: number;
}

const needsDependants: StackNeed = {
  field: 'components[].dependsOn with an http check, or components[].initWaits',
  isMet: ({ components }) =>
    components.some((component) => endpointOf(component) !== undefined || component.initWaits.length > 0),
};

interface Patch {
  readonly component: StackComponent;
  readonly file: GeneratedFile;
}

/** What manifests can do so that a component outlives what it depends on: a kustomize component of patches. */
export const generateResilience = madeOfStack('resilience', [needsDependants], (stack): GeneratedFile[] => {
  const patches = stack.components.flatMap((component) => [
    ...probePatches(component),
    ...initWaitPatches(stack, component),
  ]);
  return [
    {
      path: 'kustomization.yaml',
      comment:
        'Name this folder under components: of the kustomization that holds the workloads. What the programs themselves must do is told in docs/resilience.md of c2l.',
      use: 'beside',
      documents: [
        {
          apiVersion: 'kustomize.config.k8s.io/v1alpha1',
          kind: 'Component',
          patches: patches.map(({ component, file }) => ({
            path: file.path,
            target: workloadTarget(stack, component),
          })),
        },
      ],
    },
    ...patches.map(({ file }) => file),
  ];
});

function probePatches(component: StackComponent): Patch[] {
  const endpoint = endpointOf(component);
  if (endpoint === undefined) return [];
  const file: GeneratedFile = {
    path: `${component.name}-probes.yaml`,
    comment: `${component.workload} stays up while ${component.dependsOn.join(' and ')} cannot be reached: not ready, and not restarted either. For its first container; port and path are those of its check in the stack file, so change the port if the container listens on another than its Service.`,
    use: 'beside',
    documents: [probes(endpoint)],
  };
  return [{ component, file }];
}

function initWaitPatches(stack: Stack, component: StackComponent): Patch[] {
  const { name, workload, initWaits } = component;
  if (initWaits.length === 0) return [];
  const [kind = '', workloadName = ''] = workload.split('/');
  const initContainers = initWaits.map((wait) => ({
    name: wait.container,
    command: boundedWait(stack, component, wait),
    args: new Commented('What the container was started with before.', null),
  }));
  const file: GeneratedFile = {
    path: `${name}-init-waits.yaml`,
    comment: `${workload} does not wait for ever for what it depends on: an init container that waits without an end hides the outage, since nothing fails and nothing restarts. This one fails, kubelet starts it again, and both can be seen.`,
    use: 'beside',
    documents: [
      {
        apiVersion: 'apps/v1',
        kind,
        metadata: { name: workloadName, namespace: namespaceOf(stack, component) },
        spec: { template: { spec: { initContainers } } },
      },
    ],
  };
  return [{ component, file }];
}

/** A health check that a kubelet can make too, of what depends on something. */
function endpointOf({ dependsOn, checks }: StackComponent): Endpoint | undefined {
  if (dependsOn.length === 0) return undefined;
  return checks.flatMap((check) =>
    check.kind === 'http' && check.basicAuth === undefined && check.tls === undefined
      ? [{ path: check.path, port: check.port }]
      : [],
  )[0];
}

/** As JSON patches, in which `add` also replaces: they need no name of the container. */
function probes({ path, port }: Endpoint): unknown[] {
  const probe = (name: string, value: object): object => ({
    op: 'add',
    path: `/spec/template/spec/containers/0/${name}`,
    value,
  });
  const listens = { tcpSocket: { port } };
  return [
    new Commented(
      'Two minutes to begin to listen. A program that waits for its database before that is the fault to repair.',
      probe('startupProbe', { ...listens, periodSeconds: 2, failureThreshold: 60 }),
    ),
    new Commented(
      'Alive is who accepts connections: asked for its database, it would be restarted for an outage that is not its own.',
      probe('livenessProbe', { ...listens, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }),
    ),
    new Commented(
      'Ready is who can serve: gets no requests while the database is away, and is back within two seconds.',
      probe('readinessProbe', { httpGet: { path, port }, periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 1 }),
    ),
  ];
}
