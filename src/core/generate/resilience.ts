import type { StackComponent } from '../stack.ts';
import { madeOfStack, type StackNeed } from './generate-kind.ts';
import { Commented, type GeneratedFile } from './generated-file.ts';
import { workloadTarget } from './workload-target.ts';

interface Endpoint {
  readonly path: string;
  readonly port: number;
}

const needsDependants: StackNeed = {
  field: 'components[].dependsOn with an http check',
  isMet: (stack) => stack.components.some((component) => endpointOf(component) !== undefined),
};

/** What manifests can do so that a component outlives what it depends on: a kustomize component of patches. */
export const generateResilience = madeOfStack('resilience', [needsDependants], (stack): GeneratedFile[] => {
  const patched = stack.components.flatMap((component) => {
    const endpoint = endpointOf(component);
    return endpoint === undefined ? [] : [{ component, endpoint }];
  });
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
          patches: patched.map(({ component }) => ({
            path: fileOf(component),
            target: workloadTarget(stack, component),
          })),
        },
      ],
    },
    ...patched.map(({ component, endpoint }): GeneratedFile => ({
      path: fileOf(component),
      comment: `${component.workload} stays up while ${component.dependsOn.join(' and ')} cannot be reached: not ready, and not restarted either. For its first container; port and path are those of its check in the stack file, so change the port if the container listens on another than its Service.`,
      use: 'beside',
      documents: [probes(endpoint)],
    })),
  ];
});

/** A health check that a kubelet can make too, of what depends on something. */
function endpointOf({ dependsOn, checks }: StackComponent): Endpoint | undefined {
  if (dependsOn.length === 0) return undefined;
  return checks.flatMap((check) =>
    check.kind === 'http' && check.basicAuth === undefined && check.tls === undefined
      ? [{ path: check.path, port: check.port }]
      : [],
  )[0];
}

function fileOf({ name }: StackComponent): string {
  return `${name}-probes.yaml`;
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
