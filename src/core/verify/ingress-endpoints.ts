import type { Ingress } from '../cluster/kubernetes.ts';

export interface PublicHost {
  readonly name: string;
  readonly url: string;
}

/** The hosts that Ingresses serve, each once, over TLS where one of them names it there; wildcards lead nowhere. */
export function publicHosts(ingresses: readonly Ingress[]): PublicHost[] {
  const secured = new Set(ingresses.flatMap(({ spec }) => (spec?.tls ?? []).flatMap(({ hosts = [] }) => hosts)));
  const named = ingresses.flatMap(({ spec }) => (spec?.rules ?? []).flatMap(({ host }) => host ?? []));
  return [...new Set([...named, ...secured])]
    .filter((host) => host !== '' && !host.includes('*'))
    .sort()
    .map((host) => ({ name: host, url: `${secured.has(host) ? 'https' : 'http'}://${host}/` }));
}
