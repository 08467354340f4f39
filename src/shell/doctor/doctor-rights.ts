import type { Right } from '../../cluster-ports.ts';
import type { Observed } from '../../core/cluster/observed.ts';
import type { GenerateSubject } from '../../core/generate/generate-subject.ts';
import { rbacPurposes, type RbacPurpose } from '../../core/generate/rbac-purposes.ts';
import { roleGrants } from '../../core/generate/rbac.ts';
import { count } from '../../core/list-text.ts';
import type { Examination } from '../../core/reports/doctor-report.ts';
import { rightsText } from '../prove-rights.ts';
import type { Session } from '../session.ts';

/** Whether each command may do what its printed Role allows. A right that several need is asked for once. */
export async function examineRights(session: Session): Promise<Examination[]> {
  const { cluster, scope, stack } = session;
  const { namespaces, all, argocdNamespace } = scope;
  const subject = { stack, namespaces, all, argocdNamespace };
  const purposes = rbacPurposes.filter((purpose) => purpose !== 'dr-drill' || !all);
  const answers = new Map<string, Promise<Observed<boolean>>>();
  const ask = (right: Right): Promise<Observed<boolean>> => {
    const id = JSON.stringify(right);
    const answer = answers.get(id) ?? cluster.isAllowed(right);
    answers.set(id, answer);
    return answer;
  };
  return Promise.all(
    purposes.map(async (purpose) => {
      const rights = rightsOf(purpose, subject);
      return examination(purpose, rights, await Promise.all(rights.map(ask)));
    }),
  );
}

function examination(
  purpose: RbacPurpose,
  rights: readonly Right[],
  answers: readonly Observed<boolean>[],
): Examination {
  const name = `rights for ${purpose}`;
  const next = `c2l generate rbac --for ${purpose}`;
  const unread = answers.find((answer) => answer.state === 'unreadable');
  if (unread !== undefined) return { name, state: 'unreadable', detail: unread.reason, next: 'kubectl auth whoami' };
  const refused = rights.filter((_, index) => {
    const answer = answers[index];
    return answer?.state !== 'present' || !answer.value;
  });
  if (refused.length === 0) return { name, state: 'ok', detail: `all ${count(rights.length, 'right')}` };
  const told = rightsText(refused.slice(0, mostNamed));
  const more = refused.length > mostNamed ? `, and ${String(refused.length - mostNamed)} more` : '';
  return { name, state: 'lacking', detail: `may not ${told}${more}`, next };
}

/** More than a person reads: with so many missing the Role is granted as a whole. */
const mostNamed = 3;

function rightsOf(purpose: RbacPurpose, subject: GenerateSubject): Right[] {
  return roleGrants(purpose, subject).flatMap(({ namespace = '', rules }) =>
    rules.flatMap(({ apiGroups, resources, resourceNames = [undefined], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          resourceNames.flatMap((name) => verbs.map((verb) => right({ group, resource, namespace, name, verb }))),
        ),
      ),
    ),
  );
}

function right(of: {
  group: string;
  resource: string;
  namespace: string;
  name: string | undefined;
  verb: string;
}): Right {
  const [resource = '', subresource] = of.resource.split('/');
  return {
    // The Roles hold no other.
    verb: of.verb as Right['verb'],
    group: of.group,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    namespace: of.namespace,
    ...(of.name === undefined ? {} : { name: of.name }),
  };
}
