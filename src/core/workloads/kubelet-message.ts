/**
 * The words in which kubelet speaks of what a pod refers to, `K` a key, `N` a name:
 * `secret "N" not found`, `couldn't find key K in Secret NAMESPACE/N`, `references non-existent secret key: K`, and for
 * a CSI driver `fetching NodePublishSecretRef NAMESPACE/N failed: …`.
 * The names in a message are people's own, so that only the whole clause tells the kind.
 */
const secretClause =
  /(?:^|[\s[])(?:secret "[^"]+" not found|find key \S+ in Secret \S+\/\S+|non-existent secret key: \S|fetching NodePublishSecretRef \S+\/\S+ failed: )/;

const configMapClause =
  /(?:^|[\s[])(?:configmap "[^"]+" not found|find key \S+ in ConfigMap \S+\/\S+|non-existent config key: \S)/;

/** Whether a container or a volume waits for a Secret or one of its keys, by the message of its status or event. */
export function isAboutSecret(message: string | undefined): boolean {
  return message !== undefined && secretClause.test(message);
}

export function isAboutConfigMap(message: string | undefined): boolean {
  return message !== undefined && configMapClause.test(message);
}

interface Named {
  readonly name: string;
  /** Where only that is missing. Of a mount kubelet names the key alone. */
  readonly key?: string;
}

/** The Secret that a message names, or one key of it. */
export function lackingSecret(message = ''): Named | undefined {
  return (
    named(message, /(?:^|[\s[])secret "(?<name>[^"]+)" not found/) ??
    named(message, /(?:^|[\s[])find key (?<key>\S+) in Secret [^\s/]+\/(?<name>\S+)/)
  );
}

/** The ConfigMap that a message names, or one key of it. */
export function missingConfigMap(message = ''): Named | undefined {
  return (
    named(message, /(?:^|[\s[])configmap "(?<name>[^"]+)" not found/) ??
    named(message, /(?:^|[\s[])find key (?<key>\S+) in ConfigMap [^\s/]+\/(?<name>\S+)/)
  );
}

function named(message: string, clause: RegExp): Named | undefined {
  const { name, key } = clause.exec(message)?.groups ?? {};
  return name === undefined ? undefined : { name, ...(key !== undefined && { key }) };
}
