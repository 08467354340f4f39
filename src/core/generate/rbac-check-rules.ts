import { namespaceOf, type Stack } from '../stack/stack.ts';
import { secretRule, uniqueNames, type RbacRule } from './rbac-rule.ts';

/** Only what the checks of the stack do in one namespace. */
export function checkRules(namespace: string, stack: Stack | undefined): RbacRule[] {
  const checks =
    stack?.components
      .filter((component) => namespaceOf(stack, component) === namespace)
      .flatMap((component) => component.checks) ?? [];
  const http = checks.filter((check) => check.kind === 'http');
  const services = http.filter(({ basicAuth }) => basicAuth === undefined).map(({ service }) => service);
  const logins = http.flatMap(({ basicAuth }) => basicAuth ?? []);
  const databases = checks.filter((check) => check.kind === 'postgres-login');
  const insiders = checks.some(({ kind }) => kind === 'tcp' || kind === 'dns' || kind === 'command');
  const secrets = [...logins, ...databases]
    .flatMap(({ user, password }) => [user, password])
    .flatMap((value) => ('secret' in value ? [value.secret] : []));
  return [
    ...(secrets.length === 0 ? [] : [secretRule('the logins that are tried', ['get'], uniqueNames(secrets))]),
    ...(services.length === 0 ? [] : [proxyRule(http.filter(({ basicAuth }) => basicAuth === undefined))]),
    ...(logins.length === 0 ? [] : [streamRule('logins by HTTP', 'pods/portforward')]),
    ...(databases.length === 0 && !insiders
      ? []
      : [streamRule(execReason(databases.length > 0, insiders), 'pods/exec')]),
    ...(stack === undefined ? [] : [endpointsRule]),
  ];
}

const endpointsRule: RbacRule = {
  why: 'whether Services lead to ready pods',
  apiGroups: ['discovery.k8s.io'],
  resources: ['endpointslices'],
  verbs: ['list'],
};

function execReason(hasDatabases: boolean, hasInsiders: boolean): string {
  const login = 'logins at a database, with its own client';
  const inside = 'what the stack has looked at from inside a pod';
  if (!hasInsiders) return login;
  return hasDatabases ? `${login}, and ${inside}` : inside;
}

/** A request through the proxy names the Service together with its port. */
function proxyRule(checks: readonly { readonly service: string; readonly port: number }[]): RbacRule {
  return {
    why: 'HTTP checks go through the proxy of the API server',
    apiGroups: [''],
    resources: ['services/proxy'],
    resourceNames: uniqueNames(checks.map(({ service, port }) => `${service}:${port}`)),
    verbs: ['get'],
  };
}

/** A WebSocket begins as a GET: servers before 1.35 ask for `get` alone, later ones for `create` too. */
function streamRule(what: string, resource: string): RbacRule {
  const why = `${what}; a WebSocket needs get, from Kubernetes 1.35 on create as well`;
  return { why, apiGroups: [''], resources: [resource], verbs: ['get', 'create'] };
}
