import { groupVersion, qualifiedName } from '../resources.ts';
import { ApiProblem } from './api-problem.ts';
import type { ApiRequest } from './api-request.ts';
import { isGranted, type Attempt, type BoundRole } from './role-rules.ts';

/** A right that is taken away: what is left out fits everything. */
export interface DenyRule {
  readonly verb?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

const user = 'sandbox';

/** Who may do what: everything, or what roles allow, but for the rules that were added. */
export class AccessRules {
  readonly #denied = new Set<DenyRule>();
  #roles: readonly BoundRole[] | undefined;

  /** Takes a right away until the returned function is called. */
  deny(rule: DenyRule): () => void {
    this.#denied.add(rule);
    return () => {
      this.#denied.delete(rule);
    };
  }

  /** Leaves nothing but what these roles allow until the returned function is called. */
  allowOnly(roles: readonly BoundRole[]): () => void {
    this.#roles = roles;
    return () => {
      this.#roles = undefined;
    };
  }

  isAllowed(attempt: Attempt): boolean {
    if (this.#roles !== undefined && !isGranted(this.#roles, attempt)) return false;
    return ![...this.#denied].some((rule) => fits(rule, attempt));
  }

  /** Throws the 403 that the API answers to what a rule forbids. */
  check(request: ApiRequest): void {
    const { type, namespace, name, subresource } = request;
    const isUpgrade = subresource === 'exec' || subresource === 'portforward';
    // Kubernetes 1.35 and later ask for both.
    const verbs = isUpgrade ? [request.verb, 'create'] : [request.verb];
    const attempt = { group: type.group, resource: type.name, subresource, namespace, name };
    const verb = verbs.find((each) => !this.isAllowed({ verb: each, ...attempt }));
    if (verb === undefined) return;
    const what = name === undefined ? qualifiedName(type) : `${qualifiedName(type)} "${name}"`;
    const resource = subresource === undefined ? type.name : `${type.name}/${subresource}`;
    const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
    throw new ApiProblem(
      403,
      'Forbidden',
      `${what} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${type.group}" ${where}`,
      { ...(name !== undefined && { name }), ...(type.group !== '' && { group: type.group }), kind: type.name },
    );
  }

  /** Answers a SelfSubjectAccessReview. */
  review(request: ApiRequest, body: unknown): unknown {
    const { spec } = body as { spec?: { resourceAttributes?: Record<string, string> } };
    const asked = spec?.resourceAttributes ?? {};
    const text = (field: string): string | undefined => (asked[field] === '' ? undefined : asked[field]);
    const allowed = this.isAllowed({
      verb: asked['verb'] ?? '',
      group: asked['group'] ?? '',
      resource: asked['resource'] ?? '',
      subresource: text('subresource'),
      namespace: text('namespace'),
      name: text('name'),
    });
    return {
      kind: request.type.kind,
      apiVersion: groupVersion(request.type),
      metadata: {},
      spec: spec ?? {},
      status: { allowed },
    };
  }
}

/** A rule on an object itself does not reach its subresources, as with RBAC: `pods` is not `pods/exec`. */
function fits(rule: DenyRule, attempt: Attempt): boolean {
  const fields = ['verb', 'group', 'resource', 'namespace', 'name'] as const;
  const isSame = fields.every((field) => rule[field] === undefined || rule[field] === attempt[field]);
  return isSame && (rule.resource === undefined || rule.subresource === attempt.subresource);
}
