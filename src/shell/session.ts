import type { Cluster, ClusterReader } from '../cluster-ports.ts';
import type { Unreadable } from '../core/cluster/observed.ts';
import type { Snapshot } from '../core/cluster/snapshot.ts';
import type { ManifestSet } from '../core/manifests/manifests.ts';
import { stackText, type OtherStack, type ReportHead } from '../core/reports/report.ts';
import { quoted } from '../core/sources/source-option.ts';
import { stackWithin } from '../core/stack/stack-scope.ts';
import type { Stack } from '../core/stack/stack.ts';
import { policyOf, type ContextPolicies, type ContextPolicy } from '../core/user-settings.ts';
import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Connection, Deps, SandboxOptions } from '../ports.ts';
import { createDrillNotice, type DrillNotice } from './drill/drill-notice.ts';
import { namespaceNotFound } from './namespace-not-found.ts';
import { withoutWrites } from './read-only.ts';
import { childPlaceEnv } from './runbook/child-place.ts';
import { untilInterrupted } from './until-interrupted.ts';
import { ReadySightings } from './verify/ready-sightings.ts';

/** Built-in stack that is assumed in the sandbox, and where its namespace is found. */
export const builtInStack = 'cloudtolocalllm';

export interface SessionOptions {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly namespaces: readonly string[];
  readonly allNamespaces: boolean;
  readonly config?: string | undefined;
  readonly stack?: string | undefined;
  readonly sandbox?: SandboxOptions | undefined;
  readonly requestTimeoutMs: number;
  /** `--read-only`. */
  readonly readOnly?: boolean;
  /** Whether the report tells of namespaces that are being deleted, so that nothing has to be said beforehand. */
  readonly tellsEnding?: boolean;
  readonly policies?: ContextPolicies | undefined;
}

/** What one run looks at. */
export interface Scope {
  /** Empty when all are looked at. */
  readonly namespaces: readonly string[];
  readonly all: boolean;
  /** Whose absence is a finding: the stack's. Those that `-n` names were seen before, or refused. */
  readonly expectedNamespaces: readonly string[];
  readonly argocdNamespace: string;
  /** Those that `-n` names and that are being deleted, with since when. */
  readonly endingNamespaces?: ReadonlyMap<string, string>;
}

/** One command's view of the world: where it works, on what, and with which stack. */
export interface Session {
  readonly deps: Deps;
  readonly cluster: Cluster;
  readonly stack: Stack | undefined;
  /** One that was found and is for other namespaces. */
  readonly otherStack?: OtherStack | undefined;
  readonly scope: Scope;
  /** Used where the operator names no `--from`. */
  readonly defaultSources: readonly string[];
  /** Manifests that are applied where the operator names none. */
  readonly defaultManifests: readonly string[];
  /** What makes c2l and kubectl, started by this one, mean the same cluster, namespaces and stack. */
  readonly childEnv: Readonly<Record<string, string>>;
  /** What this person has set for the context. */
  readonly policy: ContextPolicy;
  /** Says of drills that were not finished, until it is told that this run is about them. */
  readonly drillNotice: DrillNotice;
  /** What one phase saw ready the next need not wait for from the start. */
  readonly sightings: ReadySightings;
  close(): Promise<void>;
}

/**
 * Connects, decides which stack and which namespaces are meant, and says so on standard error before anything is done.
 * Throws OperatorError where a named namespace does not exist or the server gives no answer at all.
 */
export async function openSession(options: SessionOptions, deps: Deps): Promise<Session> {
  const named = await foundStack(options, deps);
  const connection = await deps.connect(options);
  try {
    // At once: a server that does not answer is the moment in which one wants to know which it is.
    const { cluster } = connection;
    deps.terminal.err(`context ${cluster.context}, server ${cluster.server}`);
    const { stack, scope } = await untilInterrupted(
      choose(options, { named: named?.stack, connection, deps }),
      deps.signal,
    );
    const policy = chosenPolicy(options, cluster.context);
    const session = createSession({ deps, connection, stack, file: named?.path, scope, policy, named: options });
    announce(session);
    return session;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function choose(
  options: SessionOptions,
  { named, connection, deps }: { named: Stack | undefined; connection: Connection; deps: Deps },
): Promise<{ stack: Stack | undefined; scope: Scope }> {
  const stack = named ?? (await assumedStack(options, connection.cluster, deps));
  const scope = await chooseScope(options, { cluster: connection.cluster, stack });
  for (const name of options.tellsEnding === true ? [] : (scope.endingNamespaces?.keys() ?? [])) {
    deps.terminal.err(`warning: namespace ${name} is being deleted: nothing that is missing can be created in it`);
  }
  return { stack, scope };
}

/** The stack that is named, lies here or above, or is the sandbox's; no cluster is asked. */
export async function namedStack(
  options: Pick<SessionOptions, 'config' | 'stack' | 'sandbox'>,
  deps: Pick<Deps, 'stackFiles'>,
): Promise<Stack | undefined> {
  return (await foundStack(options, deps))?.stack;
}

async function foundStack(
  { config, stack, sandbox }: Pick<SessionOptions, 'config' | 'stack' | 'sandbox'>,
  { stackFiles }: Pick<Deps, 'stackFiles'>,
): Promise<{ readonly stack: Stack; readonly path?: string } | undefined> {
  if (config === undefined && stack !== undefined) return { stack: await stackFiles.builtIn(stack) };
  // A rehearsal in the sandbox is about the sandbox's own stack, whatever file lies in the working directory.
  if (config === undefined && sandbox !== undefined) return { stack: await stackFiles.builtIn(builtInStack) };
  return stackFiles.find(config);
}

async function assumedStack(options: SessionOptions, cluster: ClusterReader, deps: Deps): Promise<Stack | undefined> {
  if (options.allNamespaces) return undefined;
  // Whoever names the namespace of the stack means the stack; any other name says otherwise.
  if (options.namespaces.length > 0) {
    return options.namespaces.includes(builtInStack) ? deps.stackFiles.builtIn(builtInStack) : undefined;
  }
  const found = await cluster.namespaceExists(builtInStack);
  if (found.state === 'absent') return undefined;
  if (found.state === 'unreadable') {
    if (found.cause !== 'forbidden') throw nothingReadable(cluster, found.reason);
    // Few may ask for a namespace by name, but the context's own is there.
    if (cluster.defaultNamespace !== builtInStack) {
      deps.terminal.err(`warning: ${found.reason}: if stack ${builtInStack} is meant, add --stack ${builtInStack}`);
      return undefined;
    }
  }
  return deps.stackFiles.builtIn(builtInStack);
}

async function chooseScope(
  options: SessionOptions,
  { cluster, stack }: { cluster: ClusterReader; stack: Stack | undefined },
): Promise<Scope> {
  const argocdNamespace = stack?.argocd.namespace ?? 'argocd';
  if (options.allNamespaces) {
    return { namespaces: [], all: true, expectedNamespaces: stack?.namespaces ?? [], argocdNamespace };
  }
  if (options.namespaces.length === 0) {
    const namespaces = stack?.namespaces ?? [cluster.defaultNamespace];
    return { namespaces, all: false, expectedNamespaces: namespaces, argocdNamespace };
  }
  const endingNamespaces = await refuseUnknownNamespaces(options.namespaces, cluster);
  return { namespaces: options.namespaces, all: false, expectedNamespaces: [], argocdNamespace, endingNamespaces };
}

/** Gives those of the others that are being deleted. */
async function refuseUnknownNamespaces(
  names: readonly string[],
  cluster: ClusterReader,
): Promise<ReadonlyMap<string, string>> {
  const ending = new Map<string, string>();
  const found = await Promise.all(names.map((name) => cluster.readNamespace(name)));
  for (const [index, answer] of found.entries()) {
    const name = names[index] ?? '';
    if (answer.state === 'absent') throw await namespaceNotFound(cluster, name);
    if (answer.state === 'unreadable' && answer.cause !== 'forbidden') throw nothingReadable(cluster, answer.reason);
    if (answer.state === 'present' && answer.value.deletionTimestamp !== undefined) {
      ending.set(name, answer.value.deletionTimestamp);
    }
  }
  return ending;
}

/** A flag can only add to what was set for the context. */
function chosenPolicy({ readOnly, policies }: SessionOptions, context: string): ContextPolicy {
  const policy = policies === undefined ? { readOnly: false, production: false } : policyOf(policies, context);
  return { ...policy, readOnly: policy.readOnly || readOnly === true };
}

function createSession(parts: {
  deps: Deps;
  connection: Connection;
  stack: Stack | undefined;
  /** Where it stands. */
  file: string | undefined;
  scope: Scope;
  policy: ContextPolicy;
  named: Pick<SessionOptions, 'config' | 'stack'>;
}): Session {
  const { deps, connection, stack: found, file, scope, policy, named } = parts;
  const stack = found === undefined || scope.all ? found : stackWithin(found, scope.namespaces);
  const drillNotice = createDrillNotice(deps.terminal);
  const cluster = drillNotice.over(connection.cluster);
  return {
    deps,
    cluster: policy.readOnly ? withoutWrites(cluster) : cluster,
    policy,
    drillNotice,
    sightings: new ReadySightings(),
    stack,
    ...(found !== undefined && stack === undefined && { otherStack: otherStack(found, file) }),
    scope,
    defaultSources: connection.defaultSources,
    defaultManifests: connection.defaultManifests,
    childEnv: {
      ...connection.childEnv,
      ...childPlaceEnv({
        context: cluster.context,
        namespaces: scope.all ? undefined : scope.namespaces,
        config: named.config,
        stack: named.stack,
      }),
    },
    close: () => connection.close(),
  };
}

function otherStack({ name, namespaces }: Stack, file: string | undefined): OtherStack {
  return { name, namespaces, ...(file === undefined ? {} : { file }) };
}

function announce({ deps, stack, otherStack: other, scope, policy }: Session): void {
  const where = scope.all ? 'all namespaces' : `namespace ${scope.namespaces.join(', ')}`;
  const what = stackText({ ...(stack && { stack: stack.name }), ...(other && { otherStack: other }) });
  const marks = [...(policy.readOnly ? ['read-only'] : []), ...(policy.production ? ['production'] : [])];
  deps.terminal.err([where, what, ...marks].join(', '));
}

/** In an empty cluster no namespace tells that the built-in stack is meant; the manifests that are to fill it do. */
export async function withStackOf({ manifests }: ManifestSet, session: Session): Promise<Session> {
  if (session.stack !== undefined || !manifests.some(({ namespace }) => namespace === builtInStack)) return session;
  const stack = await session.deps.stackFiles.builtIn(builtInStack);
  const { namespaces, argocd } = stack;
  const scope = { namespaces, all: false, expectedNamespaces: namespaces, argocdNamespace: argocd.namespace };
  const found = { ...session, stack, scope };
  announce(found);
  return found;
}

/** The part of a report that says what was looked at, and when. */
export function reportHead(
  { cluster, stack, otherStack: other }: Session,
  snapshot: Pick<Snapshot, 'namespaces' | 'takenAt'>,
): Omit<ReportHead, 'command' | 'verdict' | 'findings'> {
  return {
    schemaVersion: 1,
    context: cluster.context,
    server: cluster.server,
    namespaces: snapshot.namespaces,
    ...(stack && { stack: stack.name }),
    ...(other && { otherStack: other }),
    takenAt: snapshot.takenAt,
  };
}

/** Until the first write Ctrl-C leaves nothing behind in the cluster, and this is how every step before it ends. */
export function refuseWhenInterrupted({ deps }: Pick<Session, 'deps'>): void {
  if (!deps.signal.aborted) return;
  throw new OperatorError('interrupted', 'interrupted; nothing was changed', { exitCode: ExitCode.interrupted });
}

/** What a write is to be decided on could not be read: a right that is missing can be granted, the rest is not c2l's. */
export function cannotDecide(cluster: ClusterReader, { cause, reason }: Unreadable, command: string): OperatorError {
  if (cause !== 'forbidden') return nothingReadable(cluster, reason);
  return new OperatorError('forbidden', `context ${cluster.context} is ${reason}; nothing was changed`, {
    hint: `c2l generate rbac --for ${command}`,
  });
}

/** Nothing could be looked at, so nothing can be said: exit 3 with an error line. */
export function nothingReadable(cluster: ClusterReader, reason: string): OperatorError {
  return new OperatorError(
    'nothing-readable',
    `cannot read from ${cluster.server} (context ${cluster.context}): ${reason}`,
    {
      exitCode: ExitCode.unreadable,
      hint: `kubectl cluster-info --context ${quoted(cluster.context)}, or another cluster: kubectl config get-contexts`,
    },
  );
}
