import { nearest } from '../nearest.ts';
import { sourceNames } from '../sources/source-names.ts';
import { watchProblems } from '../watch/watch-problems.ts';
import { ignoreProblems } from './ignore-schema.ts';
import type { StackProblem } from './stack-problem.ts';
import { namespaceOf, type Stack, type StackCheck, type StackValue } from './stack.ts';

type Path = StackProblem['path'];

/** What the schema cannot say: names that are declared twice or point nowhere, cycles, colliding source names. */
export function stackProblems(stack: Stack): StackProblem[] {
  return [
    ...duplicates(stack),
    ...foreignNamespaces(stack),
    ...badPatterns(stack),
    ...badOutputPatterns(stack),
    ...unusableSourceNames(stack),
    ...collidingSourceNames(stack),
    ...unknownDependencies(stack),
    ...dependencyCycle(stack),
    ...undeclaredCheckKeys(stack),
    ...monitoringProblems(stack),
    ...ignoreProblems(stack.ignore),
    ...watchProblems(stack),
  ];
}

function duplicates(stack: Stack): StackProblem[] {
  const located = (entry: { namespace?: string | undefined }, text: string): string =>
    `${text} in namespace ${namespaceOf(stack, entry)}`;
  return [
    ...repeated(stack.namespaces, 'namespace', (_, index) => ['namespaces', index]),
    ...repeated(stack.argocd.applications, 'Argo CD Application', (_, index) => ['argocd', 'applications', index]),
    ...repeated(
      stack.secrets.map((secret) => located(secret, secret.name)),
      'Secret',
      (_, index) => ['secrets', index, 'name'],
    ),
    ...repeated(
      stack.components.map((component) => component.name),
      'component',
      (_, index) => ['components', index, 'name'],
    ),
    ...repeated(
      stack.components.map((component) => located(component, component.workload)),
      'workload',
      (_, index) => ['components', index, 'workload'],
    ),
  ];
}

function repeated(
  texts: readonly string[],
  what: string,
  pathOf: (text: string, index: number) => Path,
): StackProblem[] {
  return texts.flatMap((text, index) =>
    texts.indexOf(text) === index
      ? []
      : [{ path: pathOf(text, index), message: `${what} ${text} is declared a second time` }],
  );
}

function foreignNamespaces(stack: Stack): StackProblem[] {
  const known = stack.namespaces;
  return (['secrets', 'components'] as const).flatMap((list) =>
    stack[list].flatMap(({ namespace }, index) =>
      namespace === undefined || known.includes(namespace)
        ? []
        : [
            {
              path: [list, index, 'namespace'],
              message: `namespace ${namespace} is not one of the stack's namespaces: ${known.join(', ')}`,
            },
          ],
    ),
  );
}

interface DeclaredKey {
  readonly path: Path;
  readonly secret: string;
  readonly key: string;
  readonly declared: Stack['secrets'][number]['keys'][string];
}

function declaredKeys(stack: Stack): DeclaredKey[] {
  return stack.secrets.flatMap((secret, index) =>
    Object.entries(secret.keys).map(([key, declared]) => ({
      path: ['secrets', index, 'keys', key],
      secret: secret.name,
      key,
      declared,
    })),
  );
}

function badPatterns(stack: Stack): StackProblem[] {
  return declaredKeys(stack).flatMap(({ path, declared }) => {
    const pattern = declared.format?.pattern;
    return pattern === undefined ? [] : patternProblem([...path, 'format', 'pattern'], pattern, `^(?:${pattern})$`);
  });
}

function badOutputPatterns(stack: Stack): StackProblem[] {
  return stack.components.flatMap(({ checks }, index) =>
    checks.flatMap((check, position) => {
      if (check.kind !== 'command' || check.output === undefined) return [];
      return patternProblem(['components', index, 'checks', position, 'output'], check.output, check.output);
    }),
  );
}

function patternProblem(path: Path, pattern: string, whole: string): StackProblem[] {
  try {
    new RegExp(whole, 's');
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*: /s, '').toLowerCase() : 'cannot be read';
    return [{ path, message: `${pattern} is no regular expression: ${reason}` }];
  }
}

function unusableSourceNames(stack: Stack): StackProblem[] {
  return declaredKeys(stack).flatMap(({ path, key, declared }) => {
    const { azureKeyVaultName } = sourceNames(key, declared);
    return azureKeyVaultName.length <= 127
      ? []
      : [{ path, message: 'is longer than the 127 characters of a Key Vault name: add from.azureKeyVault' }];
  });
}

const sources = [
  // Key Vault does not tell upper from lower case.
  { field: 'azureKeyVault', words: 'Key Vault name', nameOf: azureKeyVaultName },
  { field: 'env', words: '.env name', nameOf: envName },
] as const;

function azureKeyVaultName({ key, declared }: DeclaredKey): string {
  return sourceNames(key, declared).azureKeyVaultName.toLowerCase();
}

function envName({ key, declared }: DeclaredKey): string {
  return sourceNames(key, declared).envName;
}

/**
 * Two keys that would be given the same value by accident of the default mapping. Copies of one Secret in several
 * namespaces, and keys that both name the entry outright, share it on purpose.
 */
function collidingSourceNames(stack: Stack): StackProblem[] {
  const keys = declaredKeys(stack);
  return sources.flatMap(({ field, words, nameOf }) =>
    keys.flatMap((entry, index) => {
      const earlier = keys.slice(0, index).find((other) => {
        const copy = other.secret === entry.secret && other.key === entry.key;
        const chosen = other.declared.from[field] !== undefined && entry.declared.from[field] !== undefined;
        return nameOf(other) === nameOf(entry) && !copy && !chosen;
      });
      if (earlier === undefined) return [];
      const message = `has the same ${words} ${nameOf(entry)} as ${earlier.secret}/${earlier.key}: give one of them from.${field}`;
      return [{ path: entry.path, message }];
    }),
  );
}

function unknownDependencies(stack: Stack): StackProblem[] {
  const names = stack.components.map((component) => component.name);
  return stack.components.flatMap((component, index) =>
    component.dependsOn.flatMap((dependency, position) =>
      names.includes(dependency)
        ? []
        : [
            {
              path: ['components', index, 'dependsOn', position],
              message: `no component is called ${dependency}${suggestion(dependency, names)}`,
            },
          ],
    ),
  );
}

function suggestion(word: string, candidates: readonly string[]): string {
  const close = nearest(word, candidates);
  if (close !== undefined) return `; did you mean ${close}?`;
  return candidates.length === 0 ? '' : `; there are ${candidates.join(', ')}`;
}

/** The first cycle in the order of the file: further ones show when it is gone. */
function dependencyCycle(stack: Stack): StackProblem[] {
  const dependsOn = new Map(stack.components.map((component) => [component.name, component.dependsOn]));
  const done = new Set<string>();
  const cycleFrom = (name: string, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(name)) return [...trail.slice(trail.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const next of dependsOn.get(name) ?? []) {
      const cycle = cycleFrom(next, [...trail, name]);
      if (cycle !== undefined) return cycle;
    }
    done.add(name);
    return undefined;
  };
  for (const { name } of stack.components) {
    const cycle = cycleFrom(name, []);
    if (cycle === undefined) continue;
    const index = stack.components.findIndex((component) => component.name === cycle[0]);
    return [
      { path: ['components', index, 'dependsOn'], message: `components depend on each other: ${cycle.join(' → ')}` },
    ];
  }
  return [];
}

function undeclaredCheckKeys(stack: Stack): StackProblem[] {
  return stack.components.flatMap((component, index) =>
    component.checks.flatMap((check, position) =>
      credentials(check).flatMap(({ value, path }) => {
        const message = undeclared(stack, namespaceOf(stack, component), value);
        return message === undefined
          ? []
          : [{ path: ['components', index, 'checks', position, ...path, ...message.path], message: message.text }];
      }),
    ),
  );
}

function credentials(check: StackCheck): { value: StackValue; path: string[] }[] {
  if (check.kind === 'postgres-login') {
    return [
      { value: check.user, path: ['user'] },
      { value: check.password, path: ['password'] },
    ];
  }
  if (check.kind !== 'http' || check.basicAuth === undefined) return [];
  return [
    { value: check.basicAuth.user, path: ['basicAuth', 'user'] },
    { value: check.basicAuth.password, path: ['basicAuth', 'password'] },
  ];
}

function undeclared(stack: Stack, namespace: string, value: StackValue): { text: string; path: string[] } | undefined {
  if ('value' in value) return undefined;
  const near = stack.secrets.filter((secret) => namespaceOf(stack, secret) === namespace);
  const secret = near.find((candidate) => candidate.name === value.secret);
  if (secret === undefined) {
    const names = near.map((candidate) => candidate.name);
    const text = `Secret ${value.secret} is not declared for namespace ${namespace}${suggestion(value.secret, names)}`;
    return { text, path: ['secret'] };
  }
  const keys = Object.keys(secret.keys);
  if (keys.includes(value.key)) return undefined;
  return { text: `Secret ${value.secret} declares no key ${value.key}${suggestion(value.key, keys)}`, path: ['key'] };
}

function monitoringProblems({ monitoring, components }: Stack): StackProblem[] {
  if (monitoring === undefined) return [];
  const known = components.map(({ name }) => name);
  const unknown = monitoring.components.flatMap((name, index): StackProblem[] => {
    if (known.includes(name)) return [];
    const meant = nearest(name, known);
    const message = `there is no component ${name}${meant === undefined ? '' : `, did you mean ${meant}?`}`;
    return [{ path: ['monitoring', 'components', index], message }];
  });
  if (monitoring.secret !== monitoring.from) return unknown;
  return [
    ...unknown,
    { path: ['monitoring', 'secret'], message: `${monitoring.secret} is the Secret that they share already` },
  ];
}
