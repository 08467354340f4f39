/** What a Role or a ClusterRole that is bound to the one user allows. */
export interface BoundRole {
  /** Of a Role; a ClusterRole holds everywhere. */
  readonly namespace?: string;
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

/** One right, as the authorizer is asked for it. */
export interface Attempt {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** As RBAC decides: what no rule allows is refused, and a rule on names allows nothing without one. */
export function isGranted(roles: readonly BoundRole[], { verb, group, namespace, name, ...of }: Attempt): boolean {
  if (group === 'authorization.k8s.io') return true;
  const resource = of.subresource === undefined ? of.resource : `${of.resource}/${of.subresource}`;
  return roles
    .filter((role) => role.namespace === undefined || role.namespace === namespace)
    .flatMap(({ rules }) => rules)
    .some(
      ({ apiGroups, resources, resourceNames, verbs }) =>
        apiGroups.includes(group) &&
        resources.includes(resource) &&
        (resourceNames === undefined || (name !== undefined && resourceNames.includes(name))) &&
        verbs.includes(verb),
    );
}
