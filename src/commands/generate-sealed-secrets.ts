import { compareFiles } from '../core/generate/compare-files.ts';
import { neededStack, needsSecrets } from '../core/generate/generate-kind.ts';
import type { MadeFile } from '../core/generate/make-kinds.ts';
import type { SealScope } from '../core/generate/seal-scopes.ts';
import { sealedKeys, sealedSecretFile, sealedSecretPath, withoutSealed } from '../core/generate/sealed-secrets.ts';
import { refuseUnusable } from '../core/generate/unusable-objects.ts';
import { namespaceOf, type Stack } from '../core/stack/stack.ts';
import { OperatorError } from '../errors.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Deps } from '../ports.ts';
import { fileText } from '../render/generated-files.ts';
import { sealSecrets, type SealOptions } from '../shell/owners/seal-secrets.ts';
import { namedCertificate, sealingCertificate } from '../shell/owners/sealing-certificate.ts';
import { openSession } from '../shell/session.ts';
import { untilInterrupted } from '../shell/until-interrupted.ts';
import { deliver, refuseCheckOfStream, reportCheck, subjectOf, type GenerateFlags, type Made } from './generate.ts';
import { sessionOptions } from './options.ts';

export interface SealFlags extends GenerateFlags {
  readonly from?: readonly string[];
  readonly identity?: string;
  readonly scope: SealScope;
  readonly sealCert?: string;
  readonly sealController?: string;
}

const kind = 'sealed-secrets';

/** Seals the values of a source. A cluster is asked for the certificate alone, and only where no file has it. */
export async function runGenerateSealedSecrets(flags: SealFlags, deps: Deps): Promise<ExitCode> {
  const stack = neededStack(kind, [needsSecrets], await subjectOf(kind, flags, deps));
  if (flags.check === true) return check(stack, flags, deps);
  const { from = [] } = flags;
  const ownSources = stack.secrets.flatMap(({ keys }) => Object.values(keys).flatMap((key) => key.from.sources ?? []));
  if (from.length === 0 && ownSources.length === 0) {
    throw new OperatorError('usage', 'sealed-secrets seals the values of a source, and none is named', {
      hint: `${commandOf(flags)} --from env:FILE or --from azure-key-vault:NAME-OR-URL`,
    });
  }
  const certificate = await certificateFor(flags, deps);
  const options: SealOptions = { from, identity: flags.identity, scope: flags.scope, certificate };
  const values = await untilInterrupted(sealSecrets(deps, stack, options), deps.signal);
  const files = values.flatMap(({ secret, sealed }) => {
    if (sealed.size > 0) return [sealedSecretFile(stack, secret, { scope: flags.scope, sealed })];
    deps.terminal.err(`skipped: no source has a value of Secret ${namespaceOf(stack, secret)}/${secret.name}`);
    return [];
  });
  refuseUnusable(files);
  return deliver(madeOf(files, flags), flags, deps);
}

async function certificateFor(flags: SealFlags, deps: Deps): Promise<string> {
  const place = { file: flags.sealCert, controller: flags.sealController };
  const named = await namedCertificate({ deps }, place);
  if (named !== undefined) return named;
  const session = await openSession(sessionOptions(flags), deps);
  try {
    return await untilInterrupted(sealingCertificate(session, place), deps.signal);
  } finally {
    await session.close();
  }
}

/** What can be compared: names, keys, scope and annotations. Sealing is random, and values are read by the controller alone. */
async function check(stack: Stack, flags: SealFlags, deps: Deps): Promise<ExitCode> {
  if (flags.out === '-') refuseCheckOfStream(commandOf(flags), flags);
  const paths = stack.secrets.map((secret) => sealedSecretPath(stack, secret));
  const found = await deps.outputFolder.read(flags.out, { paths, folders: ['.'] });
  const files = stack.secrets.flatMap((secret) => {
    const there = sealedKeys(found.get(sealedSecretPath(stack, secret)) ?? '');
    const keys = Object.entries(secret.keys).filter(([key, { required }]) => required || there.has(key));
    const sealed = new Map(keys.map(([key]) => [key, 'SEALED']));
    return keys.length === 0 ? [] : [sealedSecretFile(stack, secret, { scope: flags.scope, sealed })];
  });
  const made = madeOf(files, flags);
  const masked = new Map([...found].map(([path, text]) => [path, withoutSealed(text)]));
  const compared = compareFiles(made.files.map(fileText), masked, (madeBy) => made.isOwn(madeBy));
  deps.terminal.err('not compared: the values, which only the controller can read');
  return reportCheck(made, compared, flags, deps);
}

function madeOf(files: readonly MadeFile['file'][], flags: SealFlags): Made {
  const command = commandOf(flags);
  const isOwn = (madeBy: string): boolean => madeBy.startsWith(`c2l generate ${kind}`);
  return { name: kind, command, files: files.map((file) => ({ file, madeBy: command })), isOwn };
}

function commandOf({ scope }: SealFlags): string {
  return `c2l generate ${kind}${scope === 'strict' ? '' : ` --scope ${scope}`}`;
}
