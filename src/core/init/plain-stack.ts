import { stackVersion } from '../stack/stack-schema.ts';
import type { DraftComponent, DraftKey, DraftSecret, StackDraft, StackFile } from './stack-draft.ts';

/** The draft as the parser of stack files takes it. */
export function plainStack(draft: StackDraft): StackFile {
  const { argocd, productionContexts } = draft;
  return {
    version: stackVersion,
    name: draft.name,
    namespaces: draft.namespaces,
    ...(productionContexts.length === 0 ? {} : { production: { contexts: productionContexts } }),
    ...(argocd.applications.length === 0 ? {} : { argocd }),
    secrets: draft.secrets.map(plainSecret),
    components: draft.components.map(plainComponent),
  };
}

function plainSecret({ name, namespace, type, keys }: DraftSecret): StackFile['secrets'][number] {
  return given({ name, namespace, type, keys: Object.fromEntries(keys.map((entry) => [entry.key, plainKey(entry)])) });
}

function plainKey({ required, format, generate, from }: DraftKey): object {
  return given({ required, format, generate, from });
}

function plainComponent({
  name,
  workload,
  namespace,
  critical,
  dependsOn,
  checks,
}: DraftComponent): StackFile['components'][number] {
  return given({
    name,
    workload,
    namespace,
    critical,
    dependsOn: dependsOn.length === 0 ? undefined : dependsOn,
    checks: checks.length === 0 ? undefined : checks,
  });
}

/** Without what is left to its default. */
function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
