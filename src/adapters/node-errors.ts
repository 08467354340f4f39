import { asObject, asText } from './json-object.ts';

const untrusted = 'shows a certificate that the kubeconfig does not trust';

/** What follows the name of a server that gave no answer, by the code of Node's error. */
export const networkReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection',
  ECONNRESET: 'broke off the connection',
  EPIPE: 'broke off the connection',
  ENOTFOUND: 'has no address in DNS',
  EAI_AGAIN: 'cannot be looked up in DNS',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ETIMEDOUT: 'cannot be reached',
  EPROTO: 'does not speak TLS as expected',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS',
  CERT_HAS_EXPIRED: 'shows a certificate that has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'shows a certificate for another name',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
};

/** `ECONNREFUSED`, `ENOENT`, …; empty for an error without one. */
export function systemCode(error: unknown): string {
  return asText(asObject(error)?.['code']);
}
