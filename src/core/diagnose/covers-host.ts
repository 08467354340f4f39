/**
 * Whether a name of a certificate is for a host, by the rules of RFC 6125 as today's clients keep them: `*` stands for the
 * whole first label and for that alone. A host that has a `*` itself, as an Ingress may ask for, needs the same name.
 */
export function coversHost(name: string, host: string): boolean {
  const [pattern, wanted] = [name.toLowerCase(), host.toLowerCase()];
  if (pattern === wanted) return true;
  const dot = wanted.indexOf('.');
  return dot > 0 && wanted[0] !== '*' && pattern === `*${wanted.slice(dot)}`;
}
