import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * One issuer for all vaults of a process, as there is one Entra ID: the credential library keeps a token for as long as
 * the process lives, and a vault that is started later must accept it.
 */
const signingKey = randomBytes(32);
const lifetimeSeconds = 24 * 60 * 60;

const header = { typ: 'JWT', alg: 'HS256' };

/** As whom every token speaks. */
const identity = {
  idtyp: 'app',
  appid: '00000000-0000-0000-0000-00000000c21a',
  oid: '00000000-0000-0000-0000-00000000c21b',
  xms_mirid:
    '/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/sandbox/providers/Microsoft.ManagedIdentity/userAssignedIdentities/c2l-sandbox',
};

export interface IssuedToken {
  readonly token: string;
  /** Seconds since 1970. */
  readonly expiresOn: number;
}

export function issueToken(resource: string, now: Date): IssuedToken {
  const expiresOn = Math.floor(now.getTime() / 1000) + lifetimeSeconds;
  const signed = [header, { ...identity, aud: resource, exp: expiresOn }].map(encoded).join('.');
  return { token: `${signed}.${signature(signed)}`, expiresOn };
}

export function isValidToken(token: string, resource: string, now: Date): boolean {
  const [head = '', claims = '', signed = ''] = token.split('.');
  const expected = Buffer.from(signature(`${head}.${claims}`));
  const given = Buffer.from(signed);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  const { aud, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { aud: string; exp: number };
  return aud === resource && exp * 1000 > now.getTime();
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function signature(signed: string): string {
  return createHmac('sha256', signingKey).update(signed).digest('base64url');
}
