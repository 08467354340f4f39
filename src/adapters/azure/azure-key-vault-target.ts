import { mapLimited } from '../../core/map-limited.ts';
import { SecretValue } from '../../core/secrets/secret-value.ts';
import type { BackupTarget, HeldState, StoredValue, StoreResult } from '../../value-ports.ts';
import { withKeyVault, type AzureKeyVaultOptions, type KeyVaultConnection } from './azure-key-vault-connection.ts';
import { vaultPlace } from './azure-key-vault-place.ts';
import { recoverSecret, requestsAtATime } from './azure-key-vault-source.ts';

const largestValue = 25_600;

/** A vault as the place of a backup: each value becomes a new version, and the older ones stay. */
export function azureKeyVaultTarget(text: string, options: AzureKeyVaultOptions = {}): BackupTarget {
  const place = vaultPlace(text);
  const each = <T>(
    values: readonly StoredValue[],
    signal: AbortSignal,
    task: (vault: KeyVaultConnection, value: StoredValue) => Promise<T>,
  ): Promise<readonly T[]> =>
    withKeyVault(place, { ...options, signal }, (vault) =>
      mapLimited(values, requestsAtATime, (value) => task(vault, value)),
    );
  return {
    label: `azure-key-vault:${text}`,
    nameOf: ({ azureKeyVaultName }) => azureKeyVaultName,
    isVerbatim: false,
    noteOn: ({ azureKeyVaultName: name, azureKeyVaultVersion: pinned }) =>
      pinned === undefined
        ? undefined
        : `the stack pins ${pinned}: a repair goes on reading that one until it names the new one, ${name}/VERSION`,
    compare: (values, signal) => each(values, signal, compare),
    store: (values, signal) => each(values, signal, store),
  };
}

async function compare(vault: KeyVaultConnection, { wanted, value }: StoredValue): Promise<HeldState> {
  const name = wanted.azureKeyVaultName;
  try {
    // A repair reads the version that the stack pins.
    const pinned = wanted.azureKeyVaultVersion === undefined ? {} : { version: wanted.azureKeyVaultVersion };
    const held = await vault.call((client, options) => client.getSecret(name, { ...options, ...pinned }));
    return {
      state:
        held.value !== undefined &&
        isUsable(held.properties, vault.now) &&
        SecretValue.fromText(held.value).equals(value)
          ? 'same'
          : 'different',
    };
  } catch (error) {
    const { status, inner } = refusalOf(error);
    // The newest version is disabled: a new one is not.
    if (status === 403 && inner === 'SecretDisabled') return { state: 'different' };
    if (status !== 404) return { state: 'failed', reason: vault.reason(error, { name, doing: 'read' }) };
  }
  return { state: (await isDeleted(vault, name)) ? 'deleted' : 'absent' };
}

/** The same value in a version that cannot be used is no backup. */
function isUsable(
  { expiresOn, notBefore }: { expiresOn?: Date | undefined; notBefore?: Date | undefined },
  now: Date,
): boolean {
  return (expiresOn === undefined || expiresOn > now) && (notBefore === undefined || notBefore <= now);
}

async function isDeleted(vault: KeyVaultConnection, name: string): Promise<boolean> {
  try {
    await vault.call((client, options) => client.getDeletedSecret(name, options));
    return true;
  } catch {
    // Looking into the bin may need a right of its own: storing then tells what is wrong.
    return false;
  }
}

async function store(vault: KeyVaultConnection, { wanted, value }: StoredValue): Promise<StoreResult> {
  const name = wanted.azureKeyVaultName;
  const text = value.reveal();
  if (new TextEncoder().encode(text).length > largestValue) {
    return { stored: false, reason: 'the value is larger than the 25 kB that a Key Vault holds' };
  }
  // A name in the bin cannot be set: it comes back first, and its versions with it.
  if (await isDeleted(vault, name)) {
    const answer = await recoverSecret(vault, { ...wanted, azureKeyVaultVersion: undefined });
    if (answer.state === 'found' && answer.value.equals(value)) return { stored: true };
  }
  try {
    const { properties } = await vault.call((client, options) => client.setSecret(name, text, options));
    const pinned = wanted.azureKeyVaultVersion;
    if (pinned === undefined) return { stored: true };
    const next = `${name}/${properties.version ?? 'VERSION'}`;
    return {
      stored: true,
      note: `the stack still pins ${pinned}: azureKeyVault: ${next} makes a repair read this one`,
    };
  } catch (error) {
    return { stored: false, reason: vault.reason(error, { name, doing: 'write' }) };
  }
}

function refusalOf(error: unknown): { status: unknown; inner: unknown } {
  const { statusCode, details } = error as {
    statusCode?: unknown;
    details?: { error?: { innerError?: { code?: unknown } } };
  };
  return { status: statusCode, inner: details?.error?.innerError?.code };
}
