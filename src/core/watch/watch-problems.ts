import { acyclic } from '../acyclic.ts';
import { nearest } from '../nearest.ts';
import type { StackProblem } from '../stack/stack-problem.ts';
import type { Stack } from '../stack/stack.ts';
import type { WatchSection } from './watch-schema.ts';
import { unknownFields } from './webhook-body.ts';

/** The name of the API server among the targets. */
export const apiServerName = 'api-server';

/** What the schema cannot say of the section `watch`. */
export function watchProblems({ watch, components }: Stack): StackProblem[] {
  if (watch === undefined) return [];
  const named = [apiServerName, ...components.map(({ name }) => name)];
  return [
    ...takenNames(watch, named),
    ...unknownNames(watch, named),
    ...dependencyCycle(watch),
    ...endlessWindows(watch),
    ...notifierProblems(watch),
  ];
}

function takenNames({ endpoints, notify }: WatchSection, named: readonly string[]): StackProblem[] {
  const names = endpoints.map(({ name }) => name);
  return [
    ...names.flatMap((name, index) =>
      named.includes(name) || names.indexOf(name) !== index
        ? [{ path: ['watch', 'endpoints', index, 'name'], message: `the name ${name} is taken already` }]
        : [],
    ),
    ...notify.flatMap(({ name }, index) =>
      notify.findIndex((other) => other.name === name) === index
        ? []
        : [{ path: ['watch', 'notify', index, 'name'], message: `the name ${name} is taken already` }],
    ),
  ];
}

function unknownNames({ endpoints, maintenance }: WatchSection, named: readonly string[]): StackProblem[] {
  const known = [...named, ...endpoints.map(({ name }) => name)];
  const unknown = (names: readonly string[], path: StackProblem['path']): StackProblem[] =>
    names.flatMap((name, index) => {
      if (known.includes(name)) return [];
      const close = nearest(name, known);
      const hint = close === undefined ? `; there are ${known.join(', ')}` : `; did you mean ${close}?`;
      return [{ path: [...path, index], message: `no endpoint and no component is called ${name}${hint}` }];
    });
  return [
    ...endpoints.flatMap(({ dependsOn }, index) => unknown(dependsOn, ['watch', 'endpoints', index, 'dependsOn'])),
    ...maintenance.flatMap(({ targets = [] }, index) => unknown(targets, ['watch', 'maintenance', index, 'targets'])),
  ];
}

function dependencyCycle({ endpoints }: WatchSection): StackProblem[] {
  const { edges } = acyclic(new Map(endpoints.map(({ name, dependsOn }) => [name, dependsOn])));
  return endpoints.flatMap(({ name, dependsOn }, index) =>
    dependsOn.every((need) => edges.get(name)?.has(need) === true)
      ? []
      : [
          {
            path: ['watch', 'endpoints', index, 'dependsOn'],
            message: `${name} depends on itself, by way of ${dependsOn.join(', ')}`,
          },
        ],
  );
}

function endlessWindows({ maintenance }: WatchSection): StackProblem[] {
  return maintenance.flatMap((window, index) =>
    'from' in window && Date.parse(window.to) <= Date.parse(window.from)
      ? [{ path: ['watch', 'maintenance', index, 'to'], message: `${window.to} is not after ${window.from}` }]
      : [],
  );
}

function notifierProblems({ notify }: WatchSection): StackProblem[] {
  return notify.flatMap((notifier, index) => {
    if (notifier.kind === 'email' && (notifier.user === undefined) !== (notifier.password === undefined)) {
      return [{ path: ['watch', 'notify', index], message: 'needs user and password, or neither' }];
    }
    if (notifier.kind !== 'webhook' || notifier.body === undefined) return [];
    const path = ['watch', 'notify', index, 'body'];
    const [unknown] = unknownFields(notifier.body);
    if (unknown !== undefined) return [{ path, message: `no notice has a field {{${unknown}}}` }];
    return isJson(notifier.body) ? [] : [{ path, message: 'is no JSON: placeholders stand inside of texts' }];
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
