import type { Right } from '../../cluster-ports.ts';
import { refText } from '../../core/cluster/kubernetes.ts';
import { unreadable } from '../../core/cluster/observed.ts';
import type { Secret } from '../../core/cluster/secret.ts';
import type { Gap, Snapshot } from '../../core/cluster/snapshot.ts';
import { requirements, type Requirement } from '../../core/secrets/requirements.ts';
import type { SecretValue } from '../../core/secrets/secret-value.ts';
import { monitoringOf, type Monitoring } from '../../core/stack/monitoring.ts';
import { OperatorError } from '../../errors.ts';
import { ExitCode } from '../../exit-codes.ts';
import { observe } from '../observe/observe.ts';
import { cannotDecide, type Session } from '../session.ts';
import { ownRights, readUnchanged, type MigrationCourse, type MigrationStep } from './migrate-steps.ts';

/** The keys that the monitoring takes from the shared Secret, copied into one of its own: none is made up, none goes. */
export async function courseToMonitoring(session: Session, secret: Secret): Promise<MigrationCourse> {
  const monitoring = neededMonitoring(session, secret);
  const { own, shared } = monitoring;
  const keys = await keysOf(session, monitoring);
  const values = new Map([...keys].flatMap((key) => pairOf(key, secret)));
  if (values.size === 0) {
    throw new OperatorError(
      'usage',
      `nothing of the monitoring takes a key from Secret ${shared.namespace}/${shared.name}`,
      {
        hint: `c2l audit secret/${shared.name} -n ${shared.namespace}`,
      },
    );
  }
  const current = await currentOf(session, own);
  const different = [...values]
    .filter(([key, value]) => current?.data.get(key)?.equals(value) === false)
    .map(([key]) => key);
  if (different.length > 0) {
    throw new OperatorError(
      'conflict',
      `Secret ${own.namespace}/${own.name} holds another value for ${different.join(', ')}: which of the two runs only the programs know`,
      {
        hint: `c2l audit secret/${own.name} -n ${own.namespace}`,
      },
    );
  }
  const lacking = new Map([...values].filter(([key]) => current?.data.has(key) !== true));
  const steps = lacking.size === 0 ? [] : await copySteps(session, secret, { own, lacking, current });
  return { steps, rights: rightsFor(secret, own), notes: [] };
}

/** Only what nobody takes anything from. */
export async function courseFromMonitoring(session: Session, secret: Secret): Promise<MigrationCourse> {
  const monitoring = neededMonitoring(session, secret);
  const { own } = monitoring;
  const current = await currentOf(session, own);
  const users = (await needs(session, monitoring)).filter(
    ({ namespace, secret: name, references }) =>
      namespace === own.namespace && name === own.name && references.length > 0,
  );
  const [user] = users.flatMap(({ references }) => references);
  if (user !== undefined) {
    throw new OperatorError(
      'secret-owned',
      `${refText(user)} takes its values from Secret ${own.namespace}/${own.name}`,
      {
        hint: 'take the component decouple-monitoring out of its kustomization first, and apply it',
      },
    );
  }
  const object = { kind: 'Secret', ...own };
  const step: MigrationStep = {
    action: 'delete-writer',
    object,
    plan: 'nobody takes anything from it',
    run: async () => {
      const { uid = '', resourceVersion = '' } = current?.metadata ?? {};
      await session.cluster.deleteSecret({ ...own, uid, resourceVersion });
      return 'gone';
    },
  };
  return {
    steps: current === undefined ? [] : [step],
    rights: [...rightsFor(secret, own), { verb: 'delete', group: '', resource: 'secrets', ...own }],
    notes: [],
  };
}

function neededMonitoring({ stack }: Session, { metadata }: Secret): Monitoring {
  const monitoring = stack === undefined ? undefined : monitoringOf(stack);
  if (monitoring === undefined) {
    throw new OperatorError(
      'stack-lacks-field',
      'no stack file here has monitoring, which names the components and their Secret',
      {
        hint: 'add monitoring: { components: [...], secret: NAME, from: NAME } to the stack file',
      },
    );
  }
  const { shared } = monitoring;
  if (shared.name === metadata.name && shared.namespace === metadata.namespace) return monitoring;
  throw new OperatorError(
    'usage',
    `the monitoring takes its values from Secret ${shared.name}, not from ${metadata.name}`,
    {
      hint: `c2l migrate ${shared.name} --to monitoring`,
    },
  );
}

/** Also those that went over already, so that a run that was killed knows what belongs there. */
async function keysOf(session: Session, monitoring: Monitoring): Promise<ReadonlySet<string>> {
  const { components, own, shared } = monitoring;
  const workloads = new Set(components.map(({ workload }) => workload));
  const isOf = ({ references }: Requirement): boolean =>
    references.some(({ kind, name }) => workloads.has(`${kind}/${name}`));
  const isIn = ({ namespace, secret }: Requirement, place: Monitoring['own']): boolean =>
    namespace === place.namespace && secret === place.name;
  return new Set(
    (await needs(session, monitoring))
      .filter((need) => isOf(need) && (isIn(need, own) || isIn(need, shared)))
      .map(({ key }) => key),
  );
}

/** Of both namespaces, whichever of them were asked for. Throws where what needs a Secret there cannot be seen. */
async function needs(
  { cluster, deps, scope, stack }: Session,
  { own, shared }: Monitoring,
): Promise<readonly Requirement[]> {
  const both = [shared.namespace, own.namespace];
  const wide = { ...scope, namespaces: scope.all ? [] : [...new Set([...scope.namespaces, ...both])] };
  const snapshot = await observe(cluster, wide, deps.clock.now());
  const gap = workloadGaps(snapshot).find(({ namespace }) => namespace === '' || both.includes(namespace));
  if (gap !== undefined) throw cannotDecide(cluster, unreadable(gap.cause, gap.reason), 'migrate');
  return requirements(snapshot, stack);
}

function workloadGaps({ pods, deployments, statefulSets, daemonSets, jobs, cronJobs }: Snapshot): readonly Gap[] {
  return [pods, deployments, statefulSets, daemonSets, jobs, cronJobs].flatMap(({ gaps }) => gaps);
}

function pairOf(key: string, { data }: Secret): [string, SecretValue][] {
  const value = data.get(key);
  return value === undefined ? [] : [[key, value]];
}

async function currentOf({ cluster }: Session, { namespace, name }: Monitoring['own']): Promise<Secret | undefined> {
  const found = await cluster.readSecret(namespace, name);
  if (found.state === 'unreadable') throw cannotDecide(cluster, found, 'migrate');
  return found.state === 'present' ? found.value : undefined;
}

interface Copy {
  readonly own: Monitoring['own'];
  readonly lacking: ReadonlyMap<string, SecretValue>;
  readonly current: Secret | undefined;
}

async function copySteps(session: Session, secret: Secret, { own, lacking, current }: Copy): Promise<MigrationStep[]> {
  const { cluster } = session;
  const object = { kind: 'Secret', ...own };
  const place = await cluster.namespaceExists(own.namespace);
  const steps: MigrationStep[] = [];
  if (place.state === 'absent') {
    steps.push({
      action: 'create-namespace',
      object: { kind: 'Namespace', namespace: '', name: own.namespace },
      plan: 'for the monitoring alone',
      run: async () => {
        await cluster.createNamespace(own.namespace);
        return 'created';
      },
    });
  }
  steps.push({
    action: current === undefined ? 'create-secret' : 'patch-secret',
    object,
    plan: `with the values that run: ${[...lacking.keys()].join(', ')}`,
    run: async () => {
      await readUnchanged(session, secret);
      await (current === undefined
        ? cluster.createSecret({
            ...own,
            type: 'Opaque',
            labels: { 'app.kubernetes.io/managed-by': 'c2l' },
            annotations: {},
            data: lacking,
          })
        : cluster.patchSecret({
            ...own,
            resourceVersion: current.metadata.resourceVersion ?? '',
            data: lacking,
            annotations: {},
          }));
      const made = await currentOf(session, own);
      const wrong = [...lacking]
        .filter(([key, value]) => made?.data.get(key)?.equals(value) !== true)
        .map(([key]) => key);
      if (wrong.length === 0) return `holds ${[...lacking.keys()].join(', ')}, read back`;
      throw new OperatorError('write-failed', `${refText(object)} does not hold ${wrong.join(', ')}`, {
        exitCode: ExitCode.partial,
      });
    },
  });
  return steps;
}

function rightsFor(secret: Secret, own: { readonly namespace: string; readonly name: string }): Right[] {
  return [...ownRights(secret), ...ownRights({ metadata: own })];
}
