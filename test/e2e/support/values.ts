import { randomBytes } from 'node:crypto';

const random = (bytes = 12): string => randomBytes(bytes).toString('hex');

/** Marks that shells, dotenv, JSON, URLs and connection strings each treat in their own way. */
const awkward = '#$"%&+/=\\ ;@';

/** One fresh value for every key that the stack requires, in the form that the key asks for. */
export function freshValues(): Record<string, string> {
  return {
    'jwt-secret': randomBytes(32).toString('base64'),
    'postgres-user': `user_${random(6)}`,
    'postgres-password': `p${random()}`,
    'postgres-auth-password': `a${awkward}${random()}`,
    'auth0-issuer-url': `https://${random(6)}.example.test/`,
    'auth0-client-id': `client${random()}`,
    'auth0-client-secret': `${random()}${awkward}${random()}`,
    'auth0-audience': `https://api.${random(6)}.example.test`,
    'stripe-test-secret-key': ['sk', 'test', random()].join('_'),
    'stripe-test-publishable-key': ['pk', 'test', random()].join('_'),
    'stripe-test-webhook-secret': ['whsec', random()].join('_'),
    'admin-password': `g${awkward}${random()}`,
  };
}

/** What the outage left in the Secret. */
export const keptKeys = ['jwt-secret', 'postgres-user', 'postgres-password'] as const;

/** A `.env` backup: single quotes, in which dotenv changes nothing. */
export function envBackup(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key.toUpperCase().replaceAll('-', '_')}='${value}'\n`)
    .join('');
}
