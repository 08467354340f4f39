import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * One issuer for all vaults of a process, as there is one Entra ID: the credential library keeps a token for as long as
 * the process lives, and a vault that is started later must accept it.
 */
const signingKey = randomBytes(32);
const lifetimeSeconds = 24 * 60 * 60;

export interface IssuedToken {
  readonly token: string;
  /** Seconds since 1970. */
  readonly expiresOn: number;
}

export function issueToken(resource: string, now: Date): IssuedToken {
  const expiresOn = Math.floor(now.getTime() / 1000) + lifetimeSeconds;
  const claims = Buffer.from(JSON.stringify({ aud: resource, exp: expiresOn })).toString('base64url');
  return { token: `${claims}.${signature(claims)}`, expiresOn };
}

export function isValidToken(token: string, resource: string, now: Date): boolean {
  const [claims = '', signed = ''] = token.split('.');
  const expected = Buffer.from(signature(claims));
  const given = Buffer.from(signed);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  const { aud, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { aud: string; exp: number };
  return aud === resource && exp * 1000 > now.getTime();
}

function signature(claims: string): string {
  return createHmac('sha256', signingKey).update(claims).digest('base64url');
}
