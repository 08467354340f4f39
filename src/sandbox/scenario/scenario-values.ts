import { randomBytes } from 'node:crypto';

/** One value for each key of the stack's Secret; nothing of it exists before the sandbox starts. */
export type SecretValues = ReadonlyMap<string, string>;

function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

export function freshSecretValues(): SecretValues {
  return new Map([
    ['postgres-auth-password', random(18)],
    ['postgres-user', `app_${randomBytes(4).toString('hex')}`],
    ['postgres-password', random(18)],
    ['jwt-secret', randomBytes(32).toString('base64')],
    ['auth0-issuer-url', `https://${randomBytes(6).toString('hex')}.auth0.example/`],
    ['auth0-client-id', random(24)],
    ['auth0-client-secret', random(32)],
    ['auth0-audience', `https://${randomBytes(6).toString('hex')}.api.example/`],
    ['stripe-test-secret-key', ['sk', 'test', random(18)].join('_')],
    ['stripe-test-publishable-key', ['pk', 'test', random(18)].join('_')],
    ['stripe-test-webhook-secret', ['whsec', random(18)].join('_')],
    ['admin-password', random(18)],
  ]);
}

/** A `.env` file of the values. In single quotes dotenv takes everything literally. */
export function envBackup(values: SecretValues, pullCredentials: string): string {
  const all = [...values, ['regcred-dockerconfigjson', pullCredentials] as const];
  const lines = all.map(([key, value]) => `${key.toUpperCase().replaceAll('-', '_')}='${value}'\n`);
  return `# backup of stack cloudtolocalllm, made by the sandbox\n${lines.join('')}`;
}

/** The text of a `.dockerconfigjson` for a registry that does not exist. */
export function registryCredentials(): string {
  const auth = Buffer.from(`sandbox:${random(18)}`).toString('base64');
  return JSON.stringify({ auths: { 'registry.example.test': { auth } } });
}
