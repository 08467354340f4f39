import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';

import { parseRequest } from '../../src/sandbox/api-request.ts';
import type { Fault, SeenRequest } from '../../src/sandbox/api-server.ts';
import { runCli } from '../support/run-cli.ts';
import { sandbox } from '../support/sandbox.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Role {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string };
  readonly rules: readonly Rule[];
}

/** The Roles that `generate rbac` prints, as they would be applied. */
async function rolesFor(purpose: string): Promise<readonly Role[]> {
  const { stdout } = await runCli(['generate', 'rbac', '--for', purpose, '--stack', 'cloudtolocalllm']);
  const objects = parseAllDocuments(stdout).map((document) => document.toJS() as Role);
  return objects.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole');
}

/** Whoever is known to the API server may ask for these: `system:basic-user`, `system:discovery`. */
function isOpenToAll(path: string): boolean {
  return path.includes('selfsubjectaccessreviews') || /^\/apis\/[^/]+\/[^/]+$/.test(path) || path === '/version';
}

/** What the API server's authorizer asks of the Roles for one request. */
function isAllowed({ method, path }: SeenRequest, roles: readonly Role[]): boolean {
  if (isOpenToAll(path)) return true;
  const request = parseRequest(method, new URL(path, 'http://sandbox'), '');
  const { type, namespace, name = '', subresource } = request;
  const isStream = subresource === 'exec' || subresource === 'portforward';
  const resource = subresource === undefined ? type.name : `${type.name}/${subresource}`;
  return roles
    .filter(({ kind, metadata }) => kind === 'ClusterRole' || metadata.namespace === namespace)
    .flatMap(({ rules }) => rules)
    .some(
      ({ apiGroups, resources, resourceNames = [name], verbs }) =>
        apiGroups.includes(type.group) &&
        resources.includes(resource) &&
        resourceNames.includes(name) &&
        verbs.includes(isStream ? 'create' : request.verb),
    );
}

const forbidden: Fault = {
  status: 403,
  body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Forbidden', code: 403 }),
};

async function runWith(roles: readonly Role[], argv: readonly string[], scenario: string) {
  const asked: SeenRequest[] = [];
  const refused: string[] = [];
  const world = await sandbox({
    scenario,
    intercept: (request) => {
      asked.push(request);
      if (isAllowed(request, roles)) return undefined;
      refused.push(`${request.method} ${request.path}`);
      return forbidden;
    },
  });
  const result = await runCli([...argv, '-o', 'json', '--stack', 'cloudtolocalllm'], { kubeconfig: world.kubeconfig });
  return { ...result, asked, refused };
}

describe('a command under the Role that is generated for it', () => {
  test.each([
    ['audit', 'incident', 1, ['audit']],
    ['verify', 'healthy', 0, ['verify']],
    ['restart', 'healthy', 0, ['restart', '--yes']],
    ['fix-secrets', 'healthy', 0, ['fix-secrets', '--yes']],
  ])('%s is refused nothing', async (purpose, scenario, code, argv) => {
    const result = await runWith(await rolesFor(purpose), argv, scenario);
    expect([result.refused, result.code]).toEqual([[], code]);
  });
});

test('audit only looks: it sends nothing but GET', async () => {
  const { asked } = await runWith(await rolesFor('audit'), ['audit'], 'incident');
  expect(asked.filter(({ method }) => method !== 'GET')).toEqual([]);
  expect(asked.length).toBeGreaterThan(12);
});

test('audit names what each rule that is taken away hides', async () => {
  const roles = await rolesFor('audit');
  const cases = roles.flatMap((role) =>
    role.rules.flatMap((rule) => rule.resources.map((resource) => ({ role, rule, resource }))),
  );
  const named: string[] = [];
  for (const { role, rule, resource } of cases) {
    // Asked for by name only where it cannot be told otherwise.
    if (resource === 'namespaces') continue;
    const without = roles.map((other) =>
      other !== role
        ? other
        : {
            ...role,
            rules: role.rules.map((each) =>
              each === rule ? { ...rule, resources: rule.resources.filter((one) => one !== resource) } : each,
            ),
          },
    );
    const { stdout, refused } = await runWith(without, ['audit'], 'healthy');
    if (refused.length === 0) continue;
    named.push(resource);
    const { verdict, findings } = JSON.parse(stdout) as {
      verdict: string;
      findings: { code: string; message: string }[];
    };
    const gaps = findings.filter(({ code }) => code === 'unreadable').map(({ message }) => message);
    expect([resource, verdict, gaps]).toEqual([resource, 'unreadable', [expect.stringContaining(resource)]]);
  }
  expect(named.length).toBeGreaterThan(12);
});
