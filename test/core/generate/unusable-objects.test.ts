import { describe, expect, test } from '@jest/globals';

import { madeOfStack, needsComponents, needsSecrets } from '../../../src/core/generate/generate-kind.ts';
import type { GeneratedFile } from '../../../src/core/generate/generated-file.ts';
import { refuseUnusable } from '../../../src/core/generate/unusable-objects.ts';
import { stackOf } from '../../support/builders.ts';

const object = (kind: string, name: string, namespace = 'shop') => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace },
});
const file = (path: string, ...documents: unknown[]): GeneratedFile => ({ path, use: 'apply', documents });

describe('what the API server would refuse in part is refused before anything is written', () => {
  test.each<[string, GeneratedFile[], RegExp]>([
    [
      'a name too long for its kind',
      [file('a.yaml', object('Service', 's'.repeat(64)))],
      /Service shop\/s+ would have a name of 64 characters, and Kubernetes takes 63/,
    ],
    [
      'a CronJob, whose Jobs have longer names',
      [file('a.yaml', object('CronJob', 'c'.repeat(53)))],
      /53 characters, and Kubernetes takes 52/,
    ],
    [
      'such a CronJob that lies beside, for whoever wants it',
      [{ path: 'drill.yaml', use: 'beside', documents: [object('CronJob', 'c'.repeat(53))] }],
      /53 characters, and Kubernetes takes 52/,
    ],
    [
      'one object from two files',
      [file('a.yaml', object('ConfigMap', 'x')), file('b.yaml', object('ConfigMap', 'x'))],
      /the same object ConfigMap shop\/x, in a.yaml and b.yaml/,
    ],
    [
      'one object twice in a file',
      [file('a.yaml', object('Role', 'x'), object('Role', 'x'))],
      /Role shop\/x, in a.yaml/,
    ],
    ['one path twice', [file('a.yaml'), file('a.yaml')], /the same file a.yaml/],
  ])('%s', (_case, files, says) => {
    expect(() => {
      refuseUnusable(files);
    }).toThrow(says);
  });

  test('names that only the namespace or the kind tells apart are fine, and so are patches that lie beside', () => {
    const objects = [object('Role', 'x'), object('Role', 'x', 'other'), object('RoleBinding', 'x')];
    const laid = [object('Role', 'x'), object('Deployment', 'd'.repeat(100))];
    const patch: GeneratedFile = { path: 'patch.yaml', use: 'beside', documents: laid };
    expect(() => {
      refuseUnusable([file('a.yaml', ...objects, object('ConfigMap', 'c'.repeat(253))), patch]);
    }).not.toThrow();
  });
});

describe('a kind that is made of a stack', () => {
  const make = madeOfStack('resilience', [needsComponents], ({ components }) =>
    components.map(({ name }) => file(`${name}.yaml`)),
  );
  const subject = { namespaces: ['shop'], all: false, argocdNamespace: 'argocd' };
  const stack = stackOf({ components: [{ name: 'db', workload: 'StatefulSet/db' }] });

  test.each([
    ['no stack', undefined, 'there is no stack file here, and resilience is made of one'],
    ['a stack without the field', stackOf({}), 'stack shop has no components, and resilience is made of it'],
  ])('%s', (_case, given, says) => {
    expect(() => make({ ...subject, stack: given }, '')).toThrow(says);
  });

  test('names the first field that it lacks, and only looks into the namespaces that are named', () => {
    const both = madeOfStack('x', [needsComponents, needsSecrets], () => []);
    expect(() => both({ ...subject, stack }, '')).toThrow('stack shop has no secrets');
    expect(make({ ...subject, stack }, '').map(({ path }) => path)).toEqual(['db.yaml']);
    expect(() => make({ ...subject, namespaces: ['elsewhere'], stack }, '')).toThrow('nothing in namespace elsewhere');
  });
});
