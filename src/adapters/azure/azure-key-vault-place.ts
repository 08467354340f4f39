import { OperatorError } from '../../errors.ts';

/** Which vault: its address, and whether that is this machine. */
export interface VaultPlace {
  readonly url: string;
  readonly host: string;
  readonly loopback: boolean;
}

const accepted = 'accepted are azure-key-vault:NAME and azure-key-vault:https://NAME.vault.azure.net';
const vaultName = /^(?!.*--)[a-zA-Z][0-9a-zA-Z-]{1,22}[0-9a-zA-Z]$/;

export function vaultPlace(text: string): VaultPlace {
  if (text === '') throw new OperatorError('source-invalid', 'azure-key-vault: names no vault', { hint: accepted });
  if (vaultName.test(text)) return placeOf(new URL(`https://${text}.vault.azure.net`));
  if (!/^[a-z]+:\/\//i.test(text) || !URL.canParse(text)) throw refused(text, 'is no name of a Key Vault and no URL');
  const url = new URL(text);
  // An address that holds a password is not repeated in a message.
  if (url.username !== '' || url.password !== '') throw refused('the URL', 'must not hold a user or password');
  if (url.protocol !== 'https:') throw refused(text, 'is not https: values are never sent in the clear');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw refused(url.host, 'is followed by a path: name the vault, not one of its secrets');
  }
  return placeOf(url);
}

function placeOf(url: URL): VaultPlace {
  const { origin, host, hostname } = url;
  const loopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
  return { url: origin, host, loopback };
}

function refused(what: string, why: string): OperatorError {
  return new OperatorError('source-invalid', `${what} ${why}`, { hint: accepted });
}
