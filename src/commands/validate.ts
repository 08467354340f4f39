import { ignoreFindings } from '../core/findings/ignore-findings.ts';
import { inNamespace, manifestSnapshot } from '../core/manifests/manifest-snapshot.ts';
import type { Manifest, ManifestProblem, ManifestSet, Place } from '../core/manifests/manifests.ts';
import { validateManifests } from '../core/manifests/validate-manifests.ts';
import { storesElsewhere } from '../core/manifests/validate-stores.ts';
import type { ValidateReport } from '../core/reports/file-reports.ts';
import { exitCodeOf, verdictOf } from '../core/reports/report.ts';
import type { Stack } from '../core/stack/stack.ts';
import { OperatorError } from '../errors.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Deps } from '../ports.ts';
import { renderValidation } from '../render/validation/validation.ts';
import { observeSecrets, type ObservedSecrets } from '../shell/observe/observe-secrets.ts';
import { untilInterrupted } from '../shell/until-interrupted.ts';
import { sessionOptions, type GlobalFlags } from './options.ts';
import { styleFor } from './run-report.ts';

export interface ValidateFlags extends GlobalFlags {
  readonly againstCluster?: boolean;
}

/** Checks manifests before they are applied. Without `--against-cluster` it asks no cluster at all. */
export async function validate(paths: readonly string[], flags: ValidateFlags, deps: Deps): Promise<ExitCode> {
  const report = await untilInterrupted(validation(paths, flags, deps), deps.signal);
  const ending = exitCodeOf(report.verdict);
  const style = { ...styleFor(flags, deps, ending), version: deps.version };
  await deps.terminal.show(await renderValidation(report, flags.output, style));
  return ending;
}

async function validation(paths: readonly string[], flags: ValidateFlags, deps: Deps): Promise<ValidateReport> {
  const set = await deps.manifestFiles.read(paths);
  if (set.manifests.length === 0 && set.problems.length === 0) throw nothingThere(paths);
  const stack = await namedStack(flags, set, deps);
  const fallback = flags.namespace?.[0] ?? stack?.namespaces[0] ?? 'default';
  const everything = inNamespace(set.manifests, fallback);
  const { manifests, namespaces, skipped } = inScope(everything, flags);
  const stores = storesElsewhere(manifests, namespaces, everything);
  const takenAt = deps.clock.now().toISOString();
  const wanted = manifestSnapshot({ manifests, namespaces, stack: undefined, live: undefined, takenAt });
  const storeKinds = new Set(stores.map(({ object }) => object.kind));
  const seen =
    flags.againstCluster === true
      ? await observeSecrets(sessionOptions(flags), { wanted, stack, storeKinds }, deps)
      : undefined;

  const problems = set.problems.map((problem) => placed(problem, fallback));
  const all = validateManifests({ manifests, problems, namespaces, stack, live: seen?.live, takenAt, paths, stores });
  const { findings, ignored, lapsed } = ignoreFindings(all, wanted, stack);
  return {
    schemaVersion: 1,
    command: 'validate',
    ...placeOf(seen),
    namespaces,
    ...(stack === undefined ? {} : { stack: stack.name }),
    takenAt,
    verdict: verdictOf(findings),
    findings,
    ignored,
    lapsedIgnores: lapsed,
    paths,
    files: set.files,
    objects: manifests.length,
    skipped: [...set.skipped, ...skipped],
  };
}

/** The Secret that could not be read would be applied to a namespace as well as any other. */
function placed(problem: ManifestProblem, fallback: string): ManifestProblem {
  const { secret } = problem;
  return secret?.namespace === '' ? { ...problem, secret: { ...secret, namespace: fallback } } : problem;
}

function placeOf(seen: ObservedSecrets | undefined): Pick<ValidateReport, 'context' | 'server'> {
  return { context: seen?.context ?? '', server: seen?.server ?? '' };
}

/** A stack file that lies among the manifests speaks of them; one in the working directory of what is worked on. */
async function namedStack(flags: GlobalFlags, set: ManifestSet, { stackFiles }: Deps): Promise<Stack | undefined> {
  if (flags.config === undefined && flags.stack !== undefined) return stackFiles.builtIn(flags.stack);
  return (await stackFiles.find(flags.config ?? set.stackFile))?.stack;
}

function inScope(
  all: readonly Manifest[],
  { namespace }: GlobalFlags,
): { manifests: readonly Manifest[]; namespaces: readonly string[]; skipped: readonly Place[] } {
  const isIn = (manifest: Manifest): boolean => namespace === undefined || namespace.includes(manifest.namespace);
  const manifests = all.filter(isIn);
  const found = manifests.flatMap((manifest) => (manifest.content.as === 'other' ? [] : [manifest.namespace]));
  return {
    manifests,
    namespaces: namespace ?? [...new Set(found)].sort(),
    skipped: all.filter((manifest) => !isIn(manifest)).map(({ file, line }) => ({ file, line })),
  };
}

function nothingThere(paths: readonly string[]): OperatorError {
  const where = paths.map((path) => (path === '-' ? 'standard input' : path)).join(', ');
  return new OperatorError('manifests-not-found', `there is no Kubernetes object in ${where}`, {
    hint: 'c2l validate takes files and folders of manifests; with -, what comes before the pipe may have failed',
  });
}
