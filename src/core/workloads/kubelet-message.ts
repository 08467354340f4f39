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

/** The Secret that a message names, and the key where only that is missing. Of a mount it names the key alone. */
export function lackingSecret(message = ''): { readonly name: string; readonly key?: string } | undefined {
  const whole = /(?:^|[\s[])secret "([^"]+)" not found/.exec(message)?.[1];
  if (whole !== undefined) return { name: whole };
  const [, key, name] = /(?:^|[\s[])find key (\S+) in Secret [^\s/]+\/(\S+)/.exec(message) ?? [];
  return key === undefined || name === undefined ? undefined : { name, key };
}

/** The ConfigMap that a message names, and the key where only that is missing. Of a mount it names the key alone. */
export function missingConfigMap(message = ''): { readonly name: string; readonly key?: string } | undefined {
  const whole = /(?:^|[\s[])configmap "([^"]+)" not found/.exec(message)?.[1];
  if (whole !== undefined) return { name: whole };
  const [, key, name] = /(?:^|[\s[])find key (\S+) in ConfigMap [^\s/]+\/(\S+)/.exec(message) ?? [];
  return key === undefined || name === undefined ? undefined : { name, key };
}
