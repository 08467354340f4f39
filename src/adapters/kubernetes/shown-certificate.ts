import { checkServerIdentity, type TLSSocket } from 'node:tls';

import type { ShownCertificate } from '../../core/verify/certificate-judgement.ts';
import { systemCode } from '../node-errors.ts';

/** What the other end showed, judged as a client that trusts `ca` would, whatever the connection itself was told. */
export function shownCertificate(socket: TLSSocket, host: string): ShownCertificate | undefined {
  const certificate = socket.getPeerCertificate();
  const ends = new Date(certificate.valid_to);
  if (Number.isNaN(ends.getTime())) return undefined;
  const chainError = codeOf(socket.authorizationError);
  const isOther = checkServerIdentity(host, certificate) !== undefined;
  return {
    ends: ends.toISOString(),
    ...(chainError !== undefined && chainError !== 'ERR_TLS_CERT_ALTNAME_INVALID' && { chainError }),
    ...(isOther && { otherNames: namesOf(certificate.subjectaltname ?? '') }),
  };
}

/** Node gives a word in some versions and an error in others. */
function codeOf(error: unknown): string | undefined {
  if (typeof error === 'string') return error;
  return error === null || error === undefined ? undefined : systemCode(error);
}

function namesOf(alternatives: string): string[] {
  return alternatives
    .split(',')
    .map((each) => each.trim().replace(/^(?:DNS|IP Address):/, ''))
    .filter((each) => each !== '');
}
