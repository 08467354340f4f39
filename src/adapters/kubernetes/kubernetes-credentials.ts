import type { Agent, OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { newClusters, newUsers } from '@kubernetes/client-node/dist/config_types.js';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { OperatorError } from '../../errors.ts';
import { systemCode } from '../node-errors.ts';
import { isRecord } from '../../core/is-record.ts';
import type { KubeconfigSelection } from './kubeconfig.ts';
import { TransportFailure } from './kubernetes-errors.ts';

/** What every request to the API server carries. */
export interface Credentials {
  readonly agent: Agent;
  readonly headers: OutgoingHttpHeaders;
}

/** Longer than a request may take: a plugin may ask an identity provider, or a person in a browser. */
const pluginTimeoutMs = 30_000;

/** Connections beyond these wait: a TLS handshake costs more than an answer. */
export const maxConnections = 6;

/** Whether asking again can give other credentials: a plugin, an identity provider, a token that is kept in a file. */
export function areRenewable(selection: KubeconfigSelection): boolean {
  const { fields } = selection.user;
  return ['exec', 'auth-provider', 'tokenFile'].some((key) => Boolean(fields[key]));
}

/** A file that the kubeconfig names and that is not there is told at once, not as a failure of the server. */
export function checkCredentialFiles(selection: KubeconfigSelection): void {
  const files = [
    ...['certificate-authority'].map((key) => [key, selection.cluster.fields[key]] as const),
    ...['client-certificate', 'client-key', 'tokenFile'].map((key) => [key, selection.user.fields[key]] as const),
  ];
  for (const [key, path] of files) {
    if (typeof path === 'string' && path !== '') readCredentialFile(path, `${key} of context "${selection.context}"`);
  }
}

function readCredentialFile(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new OperatorError('kubeconfig-invalid', `${what}: ${path} cannot be read`, { hint: `ls -l ${path}` });
  }
}

/**
 * Runs whatever the kubeconfig says gives credentials. A fresh KubeConfig each time: its plugins keep what they were
 * given until it expires by its own date, also when the server has refused it.
 */
export async function obtainCredentials(selection: KubeconfigSelection): Promise<Credentials> {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: newClusters([{ name: 'cluster', cluster: clusterFields(selection) }]),
    users: newUsers([{ name: 'user', user: userFields(selection) }]),
    contexts: [{ name: 'context', cluster: 'cluster', user: 'user' }],
    currentContext: 'context',
  });
  const options: https.RequestOptions = {};
  await bounded(config.applyToHTTPSOptions(options), selection);
  const agent = options.agent as Agent & { keepAlive: boolean };
  agent.keepAlive = true;
  agent.maxSockets = maxConnections;
  shareSecureContext(agent, selection);
  const headers: OutgoingHttpHeaders = {
    ...(options.headers as OutgoingHttpHeaders | undefined),
    ...impersonation(selection.user.fields),
  };
  if (typeof options.auth === 'string')
    headers['Authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  return { agent, headers };
}

/** One for all connections: each would parse the same certificates and key again, which costs more than its handshake. */
function shareSecureContext(agent: Agent, selection: KubeconfigSelection): void {
  if (!(agent instanceof https.Agent)) return;
  try {
    agent.options.secureContext = createSecureContext(agent.options);
  } catch (error) {
    // Of the error only the code: its message may quote the key.
    throw new OperatorError(
      'kubeconfig-invalid',
      `user "${selection.user.name}" has a client certificate or key that cannot be used (${systemCode(error)})`,
      { hint: 'kubectl get namespaces' },
    );
  }
}

function clusterFields(selection: KubeconfigSelection): Record<string, unknown> {
  const { fields } = selection.cluster;
  // The library asks for this before it speaks plain http; what may be reached that way was decided at the selection.
  return selection.url.protocol === 'http:' ? { ...fields, 'insecure-skip-tls-verify': true } : fields;
}

function userFields(selection: KubeconfigSelection): Record<string, unknown> {
  const { tokenFile, exec, ...fields } = selection.user.fields;
  if (typeof tokenFile === 'string' && tokenFile !== '') {
    return { ...fields, token: readCredentialFile(tokenFile, 'tokenFile').trim() };
  }
  return isRecord(exec) ? { ...fields, exec: withExecInfo(exec, selection) } : fields;
}

/** Plugins learn from this variable which version to answer in and, when they ask for it, which cluster it is for. */
function withExecInfo(exec: Record<string, unknown>, selection: KubeconfigSelection): Record<string, unknown> {
  const { fields } = selection.cluster;
  const info = {
    kind: 'ExecCredential',
    apiVersion: exec['apiVersion'],
    spec: {
      interactive: false,
      ...(exec['provideClusterInfo'] === true
        ? {
            cluster: {
              server: fields['server'],
              'tls-server-name': fields['tls-server-name'],
              'insecure-skip-tls-verify': fields['insecure-skip-tls-verify'],
              'certificate-authority-data': fields['certificate-authority-data'],
              'proxy-url': fields['proxy-url'],
            },
          }
        : {}),
    },
  };
  const variables = Array.isArray(exec['env']) ? (exec['env'] as unknown[]) : [];
  return {
    ...exec,
    args: Array.isArray(exec['args']) ? (exec['args'] as unknown[]) : [],
    env: [{ name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }, ...variables.filter(isRecord)],
  };
}

/** The library passes on `as` only; without the groups c2l would act with other rights than kubectl does. */
function impersonation(user: Readonly<Record<string, unknown>>): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  if (Array.isArray(user['as-groups'])) headers['Impersonate-Group'] = user['as-groups'].map(String);
  if (typeof user['as-uid'] === 'string') headers['Impersonate-Uid'] = user['as-uid'];
  if (isRecord(user['as-user-extra'])) {
    for (const [key, values] of Object.entries(user['as-user-extra'])) {
      if (Array.isArray(values)) headers[`Impersonate-Extra-${encodeURIComponent(key)}`] = values.map(String);
    }
  }
  return headers;
}

async function bounded(work: Promise<void>, selection: KubeconfigSelection): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new TransportFailure('timeout', `${provider(selection)} gave no credentials within 30 s`));
    }, pluginTimeoutMs);
  });
  try {
    await Promise.race([work, limit]);
  } catch (error) {
    if (error instanceof TransportFailure) throw error;
    // What a plugin wrote to its standard error may hold anything, tokens too.
    const missing = systemCode(error) === 'ENOENT';
    throw new TransportFailure(
      'unauthorized',
      `${provider(selection)} ${missing ? 'is not installed' : 'gave no credentials'}; try kubectl get namespaces`,
    );
  } finally {
    clearTimeout(timer);
  }
}

function provider(selection: KubeconfigSelection): string {
  const { exec, 'auth-provider': authProvider } = selection.user.fields;
  if (isRecord(exec) && typeof exec['command'] === 'string') return `credential plugin ${exec['command']}`;
  if (isRecord(authProvider) && typeof authProvider['name'] === 'string') {
    return `auth-provider ${authProvider['name']}`;
  }
  return `user "${selection.user.name}" of the kubeconfig`;
}
