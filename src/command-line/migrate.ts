import { InvalidArgumentError, Option } from 'commander';

import type { GlobalFlags, WriteFlags } from '../commands/options.ts';
import { migrateTargets, type MigrateTarget } from '../core/migrate/migrate-target.ts';
import { parseDuration } from './parse-arguments.ts';
import type { Registry } from './registry.ts';
import { addSealingOptions, addWriteOptions, consent, type SealingFlags } from './shared-options.ts';

interface MigrateFlags extends SealingFlags {
  readonly to: MigrateTarget;
  readonly undo?: boolean;
  readonly store: { readonly kind: string; readonly name: string };
  readonly timeout: number;
}

export function declareMigrate(registry: Registry): void {
  const named = addWriteOptions(
    registry
      .command(
        'migrate',
        'hand a live Secret over to External Secrets or Sealed Secrets, without a moment in which it is missing or changed',
        'c2l migrate cloudtolocalllm-secrets --to external-secrets',
      )
      .argument('<secret>', 'the Secret, as NAME or NAMESPACE/NAME'),
  )
    .addOption(new Option('--to <writer>', 'who is to write it').choices(migrateTargets).makeOptionMandatory())
    .option('--undo', 'take it back: the Secret stays as it is, and nobody writes it')
    .addOption(
      new Option('--store <kind/name>', 'SecretStore or ClusterSecretStore that has the values')
        .argParser(parseStore)
        .default({ kind: 'SecretStore', name: 'c2l-vault' }, 'SecretStore/c2l-vault'),
    );
  const command = addSealingOptions(named).addOption(
    new Option('--timeout <duration>', 'longest wait for a controller').argParser(parseDuration).default(60_000, '1m'),
  );
  registry.reports(command, { writes: true }, ({ migrate }) => {
    const {
      to,
      undo = false,
      store,
      sealCert,
      sealController,
      timeout,
      ...flags
    } = command.optsWithGlobals<GlobalFlags & WriteFlags & MigrateFlags>();
    const secret = command.args[0] ?? '';
    return (session) =>
      migrate(session, {
        ...consent(flags),
        secret,
        to,
        undo,
        store,
        sealing: { file: sealCert, controller: sealController },
        timeoutMs: timeout,
      });
  });
}

function parseStore(text: string): MigrateFlags['store'] {
  const match = /^(?:(SecretStore|ClusterSecretStore)\/)?([a-z0-9]([-a-z0-9.]*[a-z0-9])?)$/.exec(text);
  if (match === null)
    throw new InvalidArgumentError(`expected NAME, SecretStore/NAME or ClusterSecretStore/NAME, not "${text}".`);
  return { kind: match[1] ?? 'SecretStore', name: match[2] ?? '' };
}
