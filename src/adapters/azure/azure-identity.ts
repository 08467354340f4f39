import { asText, parseObject } from '../json-object.ts';

/**
 * As whom a token speaks, by the claims that Entra ID puts into it: it alone knows which of the identities that were tried
 * was taken. Nothing of a token that is none of its kind is told.
 */
export function identityOf(token: string): string | undefined {
  const [, payload = ''] = token.split('.');
  const claims = parseObject(Buffer.from(payload, 'base64url').toString());
  const text = (name: string): string | undefined => {
    const value = asText(claims?.[name]);
    return /^[\w.@ /()-]{1,200}$/.test(value) ? value : undefined;
  };
  const application = text('appid') ?? text('azp');
  const managed = text('xms_mirid')?.split('/').at(-1);
  if (managed !== undefined) return `managed identity ${managed}`;
  const user = text('upn') ?? text('preferred_username') ?? text('unique_name');
  if (user !== undefined) return `user ${user}`;
  if (application === undefined) return undefined;
  return `application ${text('app_displayname') ?? application}`;
}
