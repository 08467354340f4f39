import { refText } from '../../core/cluster/kubernetes.ts';
import type { WorkloadResource } from '../../core/drill/lost-workloads.ts';
import type { DrillPlan } from '../../core/drill/plan-drill.ts';
import { largestSecret } from '../../core/revisions/revision.ts';
import type { SecretValue } from '../../core/secrets/secret-value.ts';
import { nothingReadable, type Session } from '../session.ts';
import { refusedDrill } from './drill-permission.ts';

export interface Copy {
  readonly name: string;
  readonly content: SecretValue;
  readonly resource?: WorkloadResource;
  readonly application?: string;
}

/** A copy of everything that the plan breaks, as it was when the plan was made. */
export async function copiesOf(session: Session, plan: DrillPlan): Promise<Copy[]> {
  const secrets = await secretCopies(session, plan);
  return [...secrets, ...(await workloadCopies(session, plan))];
}

async function secretCopies({ cluster }: Session, { faults }: DrillPlan): Promise<Copy[]> {
  return Promise.all(
    faults.map(async ({ secret }) => {
      const { namespace, name, resourceVersion } = secret.metadata;
      const found = await cluster.copySecret(namespace, name);
      const place = `Secret ${namespace}/${name}`;
      if (found.state === 'unreadable') throw nothingReadable(cluster, found.reason);
      if (found.state === 'absent' || found.value.resourceVersion !== resourceVersion) {
        throw refusedDrill(
          `${place} changed while the drill was prepared`,
          'run it again when nobody else works on it',
        );
      }
      if (found.value.hasFinalizers)
        throw refusedDrill(`${place} has finalizers: it would not come back`, 'c2l dr-drill list');
      if (found.value.content.byteLength > largestSecret) {
        throw refusedDrill(`${place} is too large for a copy of it to be kept`, 'c2l dr-drill list');
      }
      return { name, content: found.value.content };
    }),
  );
}

async function workloadCopies({ cluster }: Session, { workloads }: DrillPlan): Promise<Copy[]> {
  return Promise.all(
    workloads.map(async ({ ref, resource, uid, application }): Promise<Copy> => {
      const { namespace, name } = ref;
      const found = await cluster.copyWorkload({ resource, namespace, name });
      if (found.state === 'unreadable') throw nothingReadable(cluster, found.reason);
      if (found.state === 'absent' || found.value.uid !== uid) {
        throw refusedDrill(
          `${refText(ref)} changed while the drill was prepared`,
          'run it again when nobody else works on it',
        );
      }
      if (found.value.content.byteLength > largestSecret) {
        throw refusedDrill(`${refText(ref)} is too large for a copy of it to be kept`, 'c2l dr-drill list');
      }
      return { name, resource, content: found.value.content, ...(application === undefined ? {} : { application }) };
    }),
  );
}
