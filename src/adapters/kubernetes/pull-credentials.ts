import type { PullCredentials } from '../../core/cluster/secret-contents.ts';
import type { SecretValue } from '../../core/secrets/secret-value.ts';
import { asObject, parseObject } from '../json-object.ts';

const keys: Readonly<Record<string, string>> = {
  'kubernetes.io/dockerconfigjson': '.dockerconfigjson',
  'kubernetes.io/dockercfg': '.dockercfg',
};

/** What kubelet makes of an image pull Secret; undefined for a Secret of any other type, which it passes over. */
export function pullCredentials(type: string, data: ReadonlyMap<string, SecretValue>): PullCredentials | undefined {
  const key = keys[type];
  if (key === undefined) return undefined;
  const config = parseObject(data.get(key)?.reveal() ?? '');
  if (config === undefined) return { state: 'unreadable', why: `its ${key} is not a JSON object` };
  const auths = key === '.dockercfg' ? config : asObject(config['auths']);
  if (auths === undefined) return { state: 'unreadable', why: `its ${key} has no "auths"` };
  const broken = Object.entries(auths).find(([, entry]) => !isEntry(entry));
  if (broken !== undefined) return { state: 'unreadable', why: `its entry for ${broken[0]} is no user and password` };
  return { state: 'readable', entries: Object.keys(auths) };
}

function isEntry(entry: unknown): boolean {
  const fields = asObject(entry);
  if (fields === undefined) return false;
  const { auth } = fields;
  if (typeof auth !== 'string' || auth === '') return auth === undefined || auth === '';
  return /^[A-Za-z0-9+/]+={0,2}$/.test(auth) && atob(auth).includes(':');
}
