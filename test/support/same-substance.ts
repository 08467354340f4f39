import type { Stack } from '../../src/core/stack/stack.ts';

type Check = Stack['components'][number]['checks'][number];

/** A stack without what says nothing of the installation: order, names of checks, what is the default anyway. */
export function substance(stack: Stack): object {
  const { secrets, components } = stack;
  return {
    namespaces: stack.namespaces,
    secrets: Object.fromEntries(secrets.map(({ name, type, keys }) => [name, { type, keys }])),
    components: Object.fromEntries(
      components.map(({ workload, critical, dependsOn }) => [workload, { critical, dependsOn: dependsOn.toSorted() }]),
    ),
  };
}

/** The checks of one stack that another does not make, as `COMPONENT: CHECK`. */
export function checksNotMade(wanted: Stack, by: Stack): string[] {
  return wanted.components.flatMap(({ name, checks }) => {
    const made = new Set(by.components.find((component) => component.name === name)?.checks.map(claim));
    return checks.map(claim).flatMap((check) => (made.has(check) ? [] : [`${name}: ${check}`]));
  });
}

/** Which database a login opens is no part of the claim: the password is the server's. */
function claim(check: Check): string {
  if (check.kind === 'postgres-login') return JSON.stringify([check.kind, check.user, check.password, check.port]);
  if (check.kind !== 'http') return JSON.stringify(check);
  const { service, port, path, status, json, basicAuth } = check;
  return JSON.stringify(['http', service, port, path, status, json, basicAuth]);
}
