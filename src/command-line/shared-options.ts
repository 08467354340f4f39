import { Option, type Command } from 'commander';

import type { WriteFlags } from '../commands/options.ts';
import { usuallyKept } from '../core/fix/fix-flags.ts';
import type { ValueOptions } from '../shell/fix/fix-options.ts';
import { collect, parseController, parseDuration, parsePositiveCount } from './parse-arguments.ts';

export interface SealingFlags {
  readonly sealCert?: string;
  readonly sealController?: string;
}

export interface SourceFlags extends SealingFlags {
  readonly from?: readonly string[];
  readonly overwrite?: readonly string[];
  readonly recreate?: readonly string[];
  readonly recover?: boolean;
  readonly fillStore?: boolean;
  readonly identity?: string;
  readonly generate?: true | readonly string[];
}

export interface WaitFlags {
  readonly timeout: number;
  readonly waitOnly?: boolean;
}

export function addWriteOptions(command: Command): Command {
  return command
    .optionsGroup('Consent:')
    .option('-y, --yes', 'go ahead without asking')
    .option('--confirm <name>', 'name of the production context or namespace, where --yes alone is not consent')
    .option('--dry-run', 'show what would be done and change nothing')
    .optionsGroup('');
}

export interface KeepFlags {
  readonly keep: number;
}

export function addKeepOption(command: Command): Command {
  return command.option('--keep <n>', 'how many revisions of each Secret stay', parsePositiveCount, usuallyKept);
}

export function addSourceOptions(command: Command): Command {
  const sources = command
    .optionsGroup('Values and where they come from:')
    .option(
      '--from <source>',
      'azure-key-vault:NAME-OR-URL, env:FILE, env:-, age:FILE or revision; repeat in order of precedence',
      collect,
    )
    .option('--overwrite <key>', 'replace a value that is there, but unusable or wrong; may be repeated', collect)
    .option('--recreate <secret>', 'delete an immutable Secret and create it again with what it lacks', collect)
    .option('--identity <file>', 'file of an age identity, for an encrypted backup (default: $C2L_AGE_IDENTITY)')
    .option('--generate [key]', 'make up a value where no source has one and the stack allows it', collect)
    .option('--recover', 'bring back what a Key Vault holds as deleted, where no other source has the value')
    .option('--fill-store', 'put what is missing into the Key Vault that External Secrets reads, then have it sync');
  return addSealingOptions(sources).optionsGroup('');
}

export interface PauseFlags {
  readonly pauseSync?: number;
}

export function addPauseOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--pause-sync [duration]',
      'keep Argo CD and External Secrets from undoing it until then, and put their sync back',
    )
      .argParser(parseDuration)
      .preset('15m'),
  );
}

/** Where the certificate is that Sealed Secrets opens with. */
export function addSealingOptions(command: Command): Command {
  return command
    .option(
      '--seal-cert <file>',
      'certificate to seal with (default: $SEALED_SECRETS_CERT, else the Sealed Secrets controller is asked)',
    )
    .addOption(
      new Option(
        '--seal-controller <namespace/service>',
        'of Sealed Secrets (default: wherever it is usually installed)',
      ).argParser(parseController),
    );
}

export function addRestartOptions(command: Command): Command {
  return command
    .option('--wait-only', 'leave broken pods to kubelet instead of replacing them')
    .addOption(
      new Option('--timeout <duration>', 'longest wait for recovery').argParser(parseDuration).default(300_000, '5m'),
    );
}

export function consent(flags: WriteFlags): { yes: boolean; confirm: string | undefined; dryRun: boolean } {
  return { yes: flags.yes === true, confirm: flags.confirm, dryRun: flags.dryRun === true };
}

export function valueOptions({
  from = [],
  overwrite = [],
  recreate = [],
  recover = false,
  fillStore = false,
  sealCert,
  sealController,
  identity,
  generate,
}: SourceFlags): ValueOptions {
  return {
    from,
    overwrite,
    recreate,
    recover,
    fillStore,
    sealing: { file: sealCert, controller: sealController },
    identity,
    generate: generate === true ? 'all' : generate,
  };
}
