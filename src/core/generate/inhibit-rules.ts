import { usersOf } from '../acyclic.ts';
import type { Stack } from '../stack/stack.ts';
import { alertNames, oneOf } from './alert.ts';
import { Commented } from './generated-file.ts';

/** Alerts that name a cause, and those that tell what follows from one. */
const causes = [alertNames.cannotStart, alertNames.imagePull, alertNames.stuckCreating, alertNames.crashLoop];
const effects = [alertNames.notReady, alertNames.initWaits];
const applications = [alertNames.degraded, alertNames.notHealthy];

const matches = (label: string, values: readonly string[]): string => `${label}=~"${oneOf(values)}"`;

/** What lets Alertmanager tell of a chain once: at its first broken link. */
export function inhibitRules(stack: Stack): Commented[] {
  const of = `stack="${stack.name}"`;
  const silence = (
    source: readonly string[],
    target: readonly string[],
    equal: readonly string[],
    more: { readonly source: string; readonly target: string }[] = [],
  ): object => ({
    source_matchers: [matches('alertname', source), of, ...more.map((each) => each.source)],
    target_matchers: [matches('alertname', target), of, ...more.map((each) => each.target)],
    ...(equal.length === 0 ? {} : { equal }),
  });
  return [
    new Commented(
      'A component that lacks a key is not ready either.',
      silence(causes, effects, ['namespace', 'component']),
    ),
    ...chains(stack).map(
      ({ component, users }) =>
        new Commented(
          `What waits for ${component} is down with it. A cause of its own is still told.`,
          silence(
            [...causes, alertNames.notReady, alertNames.missing],
            effects,
            [],
            [{ source: `component="${component}"`, target: matches('component', users) }],
          ),
        ),
    ),
    new Commented(
      'Argo CD tells of the same outage later, and with fewer words.',
      silence([...causes, alertNames.notReady, alertNames.missing], applications, []),
    ),
    new Commented(
      'Not Healthy is the wider of the two.',
      silence([alertNames.degraded], [alertNames.notHealthy], ['name']),
    ),
    new Commented(
      'Without metrics every workload looks gone.',
      silence([alertNames.kubernetesSilent], [alertNames.missing], ['namespace']),
    ),
  ];
}

/** Each component that others need, with all that need it, however far away. */
function chains({ components }: Stack): { component: string; users: readonly string[] }[] {
  const users = usersOf(new Map(components.map(({ name, dependsOn }) => [name, new Set(dependsOn)])));
  return components.flatMap(({ name }) => {
    const found = allUsers(name, users);
    return found.length === 0 ? [] : [{ component: name, users: found }];
  });
}

function allUsers(name: string, users: ReadonlyMap<string, readonly string[]>): string[] {
  const found = new Set<string>();
  const add = (of: string): void => {
    for (const user of users.get(of) ?? []) {
      if (found.has(user)) continue;
      found.add(user);
      add(user);
    }
  };
  add(name);
  return [...found].sort();
}
