import { expect, test } from '@jest/globals';
import type { Gap } from '../../../src/core/cluster/snapshot.ts';
import { unreadableFindings } from '../../../src/core/diagnose/diagnose-unreadable.ts';
import { refText } from '../../../src/core/cluster/kubernetes.ts';

const pods: Gap = { resource: 'pods', namespace: 'shop', cause: 'forbidden', reason: 'listing pods is forbidden' };

test.each<[string, Gap, string, string, string]>([
  [
    'a list',
    pods,
    'pod/',
    'pods in namespace shop could not be read (listing pods is forbidden), so it is not known what state the pods are in',
    'kubectl auth can-i list pods -n shop',
  ],
  [
    'a list of all namespaces',
    { ...pods, namespace: '' },
    'pod/',
    'pods of all namespaces could not be read (listing pods is forbidden), so it is not known what state the pods are in',
    'kubectl auth can-i list pods -A',
  ],
  [
    'one object',
    { ...pods, resource: 'secrets', name: 'app' },
    'secret/app',
    'secret/app in namespace shop could not be read (listing pods is forbidden), so it is not known whether Secrets and their keys are there',
    'kubectl auth can-i get secrets/app -n shop',
  ],
  [
    'a part of one object',
    { ...pods, resource: 'pods/log', name: 'web-0' },
    'podlog/web-0',
    'podlog/web-0 in namespace shop could not be read (listing pods is forbidden), so it is not known why its container ends',
    'kubectl auth can-i get pods --subresource=log -n shop',
  ],
  [
    'something that c2l has no words for',
    { ...pods, resource: 'widgets' },
    'widgets/',
    'widgets in namespace shop could not be read (listing pods is forbidden), so it is not known what state they are in',
    'kubectl auth can-i list widgets -n shop',
  ],
  [
    'something that says itself what it hides',
    { ...pods, hides: 'which pods are new' },
    'pod/',
    'pods in namespace shop could not be read (listing pods is forbidden), so it is not known which pods are new',
    'kubectl auth can-i list pods -n shop',
  ],
  ...(['unauthorized', 'unreachable', 'timeout', 'rate-limited', 'server-error', 'not-kubernetes'] as const).map(
    (cause): [string, Gap, string, string, string] => [
      `a list, for ${cause}`,
      { ...pods, cause, reason: cause },
      'pod/',
      `pods in namespace shop could not be read (${cause}), so it is not known what state the pods are in`,
      cause === 'unauthorized' ? 'kubectl auth whoami' : "kubectl get --raw '/readyz?verbose'",
    ],
  ),
])('what could not be read is told with what it hides: %s', (_, gap, object, message, fix) => {
  const [found] = unreadableFindings([gap]);

  expect(found?.message).toBe(message);
  expect(found?.fix).toBe(fix);
  expect(found && refText(found.object)).toBe(object);
});
