import type { KeyVaultSecret } from '@azure/keyvault-secrets';
import { mapLimited } from '../../core/map-limited.ts';
import { SecretValue } from '../../core/secrets/secret-value.ts';
import { utcText } from '../../core/utc-text.ts';
import type { SourceAnswer, ValueSource, WantedValue } from '../../value-ports.ts';
import { withKeyVault, type AzureKeyVaultOptions, type KeyVaultConnection } from './azure-key-vault-connection.ts';
import { vaultPlace } from './azure-key-vault-place.ts';

export const requestsAtATime = 8;
const secretName = /^[0-9a-zA-Z-]{1,127}$/;

/** Opens a vault without asking it anything yet. */
export function openAzureKeyVault(text: string, options: AzureKeyVaultOptions = {}): ValueSource {
  const place = vaultPlace(text);
  let identity: string | undefined;
  const each = (
    wanted: readonly WantedValue[],
    signal: AbortSignal,
    task: (vault: KeyVaultConnection, value: WantedValue) => Promise<SourceAnswer>,
  ): Promise<readonly SourceAnswer[]> =>
    withKeyVault(place, { ...options, signal }, async (vault) => {
      const answers = await mapLimited(wanted, requestsAtATime, (value) => task(vault, value));
      ({ identity } = vault);
      return answers;
    });
  return {
    label: `azure-key-vault:${text}`,
    kind: 'azureKeyVault',
    nameOf: ({ azureKeyVaultName }) => azureKeyVaultName,
    warnings: [],
    get identity() {
      return identity;
    },
    lookUp: (wanted, signal) => each(wanted, signal, readSecret),
    recover: (wanted, signal) => each(wanted, signal, recoverSecret),
  };
}

/** The value of one secret, at the version that the stack pins where it does. */
export async function readSecret(vault: KeyVaultConnection, wanted: WantedValue): Promise<SourceAnswer> {
  const { azureKeyVaultName: name, azureKeyVaultVersion: version } = wanted;
  // The library does not check names, and a bad one costs seconds of retries.
  if (!secretName.test(name)) return { state: 'failed', reason: `"${name}" is no name of a Key Vault secret` };
  try {
    const pinned = version === undefined ? {} : { version };
    const secret = await vault.call((client, options) => client.getSecret(name, { ...options, ...pinned }));
    return judge(secret, vault, name);
  } catch (error) {
    if (statusOf(error) === 404) return notFound(vault, wanted);
    const reason = vault.reason(error, { name, doing: 'read' });
    return { state: 'failed', reason, ...(isDisabled(error) && { isUnusable: true }) };
  }
}

/** A vault gives the value of an expired secret as if nothing were wrong with it. */
function judge({ value, properties }: KeyVaultSecret, { now, place }: KeyVaultConnection, name: string): SourceAnswer {
  if (value === undefined || value === '') return { state: 'not-found', detail: 'empty' };
  const change = `az keyvault secret set-attributes --id ${place.url}/secrets/${name}`;
  const { expiresOn, notBefore, version, createdOn } = properties;
  if (expiresOn !== undefined && expiresOn <= now) {
    const ended = `the secret expired on ${utcText(expiresOn.toISOString())}`;
    return { state: 'failed', reason: `${ended}: ${change} --expires DATE`, isUnusable: true };
  }
  if (notBefore !== undefined && notBefore > now) {
    const early = `the secret is not valid before ${utcText(notBefore.toISOString())}`;
    return { state: 'failed', reason: `${early}: ${change} --not-before DATE`, isUnusable: true };
  }
  return {
    state: 'found',
    value: SecretValue.fromText(value),
    ...(version === undefined ? {} : { detail: `version ${version}` }),
    // A version's value never changes: `updatedOn` tells when somebody last touched its tags or dates.
    ...(createdOn === undefined ? {} : { storedAt: createdOn.toISOString() }),
  };
}

/** A soft-deleted secret answers like one that never was; only the vault's bin tells. */
async function notFound(vault: KeyVaultConnection, wanted: WantedValue): Promise<SourceAnswer> {
  const { azureKeyVaultName: name, azureKeyVaultVersion: version } = wanted;
  let newest: string | undefined;
  try {
    const deleted = await vault.call((client, options) => client.getDeletedSecret(name, options));
    newest = deleted.properties.version;
  } catch {
    // Looking into the bin may need a right that reading does not: then it stays at "not found".
    return { state: 'not-found', ...(version === undefined ? {} : { detail: `no version ${version}` }) };
  }
  const command = `az keyvault secret recover --id ${vault.place.url}/deletedsecrets/${name}`;
  const comesBack = version ?? newest;
  return {
    state: 'deleted',
    reason: `the secret is deleted and can be recovered: ${command}`,
    ...(comesBack === undefined ? {} : { detail: `version ${comesBack}` }),
  };
}

const looks = 8;

/**
 * Takes a deleted secret out of the vault's bin and reads it. Not by the library's own poller, which waits for ever for
 * a secret that is disabled.
 */
export async function recoverSecret(vault: KeyVaultConnection, wanted: WantedValue): Promise<SourceAnswer> {
  const { azureKeyVaultName: name } = wanted;
  try {
    await vault.call((client, options) => client.beginRecoverDeletedSecret(name, options));
    for (let look = 0; ; look++) {
      const answer = await readSecret(vault, wanted);
      const isUnderWay = answer.state === 'not-found' || answer.state === 'deleted';
      if (!isUnderWay || look === looks) {
        return isUnderWay
          ? { state: 'failed', reason: 'the secret is recovered, but cannot be read yet: run this again' }
          : answer;
      }
      await vault.pause(Math.min(vault.recoveryPauseMs * 2 ** look, 4000));
    }
  } catch (error) {
    return { state: 'failed', reason: vault.reason(error, { name, doing: 'recover' }) };
  }
}

function isDisabled(error: unknown): boolean {
  const { details } = error as { details?: { error?: { innerError?: { code?: unknown } } } };
  return statusOf(error) === 403 && details?.error?.innerError?.code === 'SecretDisabled';
}

function statusOf(error: unknown): unknown {
  return (error as { statusCode?: unknown }).statusCode;
}
