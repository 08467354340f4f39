/** One rule of a Role, and why it is there. */
export interface RbacRule {
  readonly why: string;
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export function secretRule(
  why: string,
  verbs: readonly string[],
  resourceNames: readonly string[] | undefined,
): RbacRule {
  return { why, apiGroups: [''], resources: ['secrets'], ...(resourceNames && { resourceNames }), verbs };
}

/** A command of several parts may need the same twice, such as a Secret after writing it and for a login: one rule. */
export function mergedRules(rules: readonly RbacRule[]): RbacRule[] {
  const byGrant = new Map<string, RbacRule>();
  for (const rule of rules) {
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.verbs]);
    const other = byGrant.get(key);
    byGrant.set(key, other === undefined ? rule : joined(other, rule));
  }
  return [...byGrant.values()];
}

function joined(left: RbacRule, right: RbacRule): RbacRule {
  const why = left.why === right.why ? left.why : `${left.why}, and ${right.why}`;
  const { resourceNames, ...rule } = { ...left, why };
  if (resourceNames === undefined || right.resourceNames === undefined) return rule;
  return { ...rule, resourceNames: uniqueNames([...resourceNames, ...right.resourceNames]) };
}

export function uniqueNames(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
