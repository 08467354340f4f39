/** Where another c2l is to work, as its own options would say it. */
export interface ChildPlace {
  readonly context: string;
  /** Undefined for those that it would take by itself. */
  readonly namespaces: readonly string[] | undefined;
  readonly config?: string | undefined;
  readonly stack?: string | undefined;
}

/** The environment in which a c2l that is started by this one means the same cluster, namespaces and stack. */
export function childPlaceEnv({ context, namespaces, config, stack }: ChildPlace): Record<string, string> {
  return {
    C2L_CONTEXT: context,
    ...(namespaces === undefined ? {} : { C2L_NAMESPACE: namespaces.join(',') }),
    ...(config === undefined ? {} : { C2L_CONFIG: config }),
    ...(stack === undefined ? {} : { C2L_STACK: stack }),
  };
}
