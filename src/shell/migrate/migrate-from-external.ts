import { refText, type ObjectRef } from '../../core/cluster/kubernetes.ts';
import type { Secret } from '../../core/cluster/secret.ts';
import { creationPolicy, targetName } from '../../core/owners/secret-writers.ts';
import { OperatorError } from '../../errors.ts';
import { ExitCode } from '../../exit-codes.ts';
import type { Session } from '../session.ts';
import type { ExternalOptions } from './external-trial.ts';
import { externalResource, externalsIn, rightsFor } from './external-writers.ts';
import {
  deleteWriterStep,
  isOwned,
  readUnchanged,
  releaseStep,
  untilReleased,
  untilSeen,
  type MigrationCourse,
  type MigrationStep,
} from './migrate-steps.ts';

/** Gives the Secret back to whoever wants it: nothing of its values is touched. */
export async function courseFromExternal(
  session: Session,
  secret: Secret,
  { timeoutMs }: Pick<ExternalOptions, 'timeoutMs'>,
): Promise<MigrationCourse> {
  const { namespace, name } = secret.metadata;
  const writer = (await externalsIn(session, namespace)).find((each) => targetName(each) === name);
  const isMarked = secret.owner?.by === 'external-secrets';
  const object = { kind: 'ExternalSecret', namespace, name: writer?.metadata.name ?? name };
  const steps: MigrationStep[] = [];
  if (writer !== undefined && creationPolicy(writer) === 'Owner')
    steps.push(orphanStep(session, secret, { object, timeoutMs }));
  if (writer !== undefined) {
    const { uid = '' } = writer.metadata;
    const isThere = async (): Promise<boolean> =>
      (await externalsIn(session, namespace)).some(({ metadata }) => metadata.uid === uid);
    steps.push(deleteWriterStep(session, secret, { resource: externalResource, object, uid, timeoutMs, isThere }));
  }
  if (writer !== undefined || isMarked)
    steps.push(releaseStep(session, secret, { resource: externalResource, of: 'External Secrets', timeoutMs }));
  return { steps, rights: rightsFor(secret), notes: [] };
}

function orphanStep(
  session: Session,
  secret: Secret,
  { object, timeoutMs }: { object: ObjectRef; timeoutMs: number },
): MigrationStep {
  const { cluster } = session;
  return {
    action: 'release-secret',
    object,
    plan: 'creationPolicy Orphan, so that the Secret outlives it',
    run: async () => {
      const ref = { ...object, kind: 'ExternalSecret' as const };
      const found = await cluster.readSynced(ref);
      if (found.state !== 'present')
        throw new OperatorError('conflict', `${refText(object)} can no longer be read`, { exitCode: ExitCode.partial });
      const resourceVersion = found.value.metadata.resourceVersion ?? '';
      await cluster.patchSynced(ref, {
        resourceVersion,
        spec: { target: { creationPolicy: 'Orphan' } },
        annotations: {},
      });
      if (isOwned(await readUnchanged(session, secret)))
        await untilReleased(session, secret, { from: externalResource, timeoutMs });
      await untilSeen(session, timeoutMs, async () => {
        const now = await readUnchanged(session, secret);
        return isOwned(now) ? { waitsFor: `${refText(object)} still owns the Secret` } : { found: true };
      });
      return 'the Secret outlives it now';
    },
  };
}
