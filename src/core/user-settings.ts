/** What a person's own settings say of a context beside the values of options. */
export interface ContextPolicy {
  /** Nothing in its cluster is changed. */
  readonly readOnly: boolean;
  /** Writes are confirmed by its name. */
  readonly production: boolean;
}

/** One setting that holds, and what made it so. */
export interface Setting {
  /** As the option is called, without dashes. */
  readonly name: string;
  /** Absent where nothing sets it. */
  readonly value?: unknown;
  /** `flag`, `default`, the name of a variable, or file, line and place in it. */
  readonly origin: string;
}

/** By the names of contexts; `undefined` holds for those that no entry names. */
export interface ContextPolicies {
  readonly byContext: ReadonlyMap<string, Partial<ContextPolicy>>;
  readonly otherwise: Partial<ContextPolicy>;
}

/** A place that is read-only or production for one reason is so: no other setting takes that back but its own entry. */
export function policyOf({ byContext, otherwise }: ContextPolicies, context: string): ContextPolicy {
  const own = byContext.get(context) ?? {};
  return {
    readOnly: own.readOnly ?? otherwise.readOnly ?? false,
    production: own.production ?? otherwise.production ?? false,
  };
}
