import { ApiProblem } from './api-problem.ts';
import type { ApiRequest } from './api-request.ts';
import { groupVersion, qualifiedName } from './resources.ts';

/** A right that is taken away: what is left out fits everything. */
export interface DenyRule {
  readonly verb?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

interface Attempt {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

const user = 'sandbox';

/** Who may do what: everything, but for the rules that were added. */
export class AccessRules {
  readonly #denied = new Set<DenyRule>();

  /** Takes a right away until the returned function is called. */
  deny(rule: DenyRule): () => void {
    this.#denied.add(rule);
    return () => {
      this.#denied.delete(rule);
    };
  }

  isAllowed(attempt: Attempt): boolean {
    return ![...this.#denied].some((rule) => fits(rule, attempt));
  }

  /** Throws the 403 that the API answers to what a rule forbids. */
  check(request: ApiRequest): void {
    const { type, namespace, name, subresource } = request;
    const isUpgrade = subresource === 'exec' || subresource === 'portforward';
    const verb = isUpgrade ? 'create' : request.verb;
    if (this.isAllowed({ verb, group: type.group, resource: type.name, subresource, namespace, name })) {
      return;
    }
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
