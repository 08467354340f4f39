import { describe, expect, test } from '@jest/globals';

import { workloadTarget } from '../../../src/core/generate/workload-target.ts';
import type { Stack } from '../../../src/core/stack/stack.ts';
import { stackOf } from '../../support/builders.ts';

/** Kustomize counts what names no namespace as being in `default`, and sets its own after its components. */
const unset = 'default';

function reached(stack: Stack, name: string, namespaces: readonly string[]): string[] {
  const component = stack.components.find((each) => each.name === name);
  if (component === undefined) throw new Error(`no component ${name}`);
  const pattern = new RegExp(workloadTarget(stack, component).namespace ?? '');
  return namespaces.filter((namespace) => pattern.test(namespace));
}

describe('a patch reaches the workload of its component', () => {
  const namespaces = ['shop', 'shop-2', 'other', unset];

  test('in its namespace, and where the kustomization names that later', () => {
    const stack = stackOf({ components: [{ name: 'api', workload: 'Deployment/api' }] });
    expect(reached(stack, 'api', namespaces)).toEqual(['shop', unset]);
  });

  test('in its namespace alone where another one has a workload of the same name', () => {
    const stack = stackOf({
      components: [
        { name: 'api', workload: 'Deployment/api' },
        { name: 'api-of-other', workload: 'Deployment/api', namespace: 'other' },
        { name: 'db', workload: 'StatefulSet/api' },
      ],
    });
    expect(reached(stack, 'api', namespaces)).toEqual(['shop']);
    expect(reached(stack, 'api-of-other', namespaces)).toEqual(['other']);
    expect(reached(stack, 'db', namespaces)).toEqual(['shop', unset]);
  });

  test('in the namespace default', () => {
    const component = { name: 'api', workload: 'Deployment/api' };
    const stack: Stack = { ...stackOf({ components: [component] }), namespaces: ['default'] };
    expect(reached(stack, 'api', namespaces)).toEqual(['default']);
  });
});
