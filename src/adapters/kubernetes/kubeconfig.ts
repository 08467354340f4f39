import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { OperatorError } from '../../errors.ts';
import type { KubeconfigContexts } from '../../ports.ts';
import { systemCode } from '../node-errors.ts';
import { mergeKubeconfigs, type KubeconfigDocument, type NamedEntry } from './kubeconfig-document.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface KubeconfigOptions {
  /** `--kubeconfig`: one file, which must exist. */
  readonly kubeconfigPath?: string | undefined;
  /** A kubeconfig that is not in a file, such as the sandbox's. */
  readonly kubeconfigText?: string | undefined;
  readonly context?: string | undefined;
  readonly env: Environment;
  /** Where a pod finds its ServiceAccount; another place only in tests. */
  readonly serviceAccountFolder?: string;
}

/** The context that was chosen, with the entries of the kubeconfig that it names. */
export interface KubeconfigSelection {
  readonly context: string;
  readonly namespace: string;
  /** Without user name and password, so that it can be shown. */
  readonly server: string;
  readonly url: URL;
  readonly cluster: NamedEntry;
  readonly user: NamedEntry;
}

const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';
const nextStep = 'name one with --kubeconfig FILE, or try it without a cluster: c2l stabilize --sandbox';

/** kubectl's order: `--kubeconfig`, KUBECONFIG, `~/.kube/config`, the ServiceAccount of the pod that c2l runs in. */
export function selectKubeconfig(options: KubeconfigOptions): KubeconfigSelection {
  const { document, label } = findDocument(options);
  const contextName = options.context ?? document.currentContext;
  const names = document.contexts.map((entry) => entry.name).sort();
  if (names.length === 0) {
    throw new OperatorError('no-kubeconfig', `${label} has no contexts`, { hint: nextStep });
  }
  if (contextName === undefined) {
    throw new OperatorError('unknown-context', `${label} has no current-context`, {
      hint: `name one with --context: ${names.join(', ')}`,
    });
  }
  const context = document.contexts.find((entry) => entry.name === contextName);
  if (context === undefined) {
    throw new OperatorError('unknown-context', `context "${contextName}" is not in ${label}`, {
      hint: `name one with --context: ${names.join(', ')}`,
    });
  }
  const cluster = named(document.clusters, context, 'cluster', label);
  const user = context.fields['user'] ? named(document.users, context, 'user', label) : anonymous;
  const url = serverUrl(cluster, label);
  return {
    context: contextName,
    namespace: text(context.fields['namespace']) ?? 'default',
    server: `${url.origin}${url.pathname.replace(/\/$/, '')}`,
    url,
    cluster,
    user: refuseRemovedPlugins(user, label),
  };
}

/** The contexts there are to choose from, in the order of their names. */
export function kubeconfigContexts(options: Omit<KubeconfigOptions, 'context'>): KubeconfigContexts {
  const { document, place } = findDocument(options);
  return { current: document.currentContext, names: document.contexts.map((entry) => entry.name).sort(), place };
}

/** As kubectl does, a context without a user asks the server without any credentials. */
const anonymous: NamedEntry = { name: '(none)', fields: {} };

interface FoundDocument {
  readonly document: KubeconfigDocument;
  readonly label: string;
  readonly place: KubeconfigContexts['place'];
}

function findDocument(options: KubeconfigOptions): FoundDocument {
  if (options.kubeconfigText !== undefined) {
    return {
      document: mergeKubeconfigs([{ label: 'the kubeconfig', text: options.kubeconfigText }]),
      label: 'the kubeconfig',
      place: { path: '-', chosenBy: 'default' },
    };
  }
  if (options.kubeconfigPath !== undefined) {
    if (!existsSync(options.kubeconfigPath)) {
      throw new OperatorError('no-kubeconfig', `kubeconfig ${options.kubeconfigPath} does not exist`, {
        hint: nextStep,
      });
    }
    return fromFiles([options.kubeconfigPath], 'flag');
  }
  const listed = (options.env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  if (listed.length > 0) {
    const existing = listed.filter((path) => existsSync(path));
    if (existing.length === 0) {
      throw new OperatorError('no-kubeconfig', `KUBECONFIG names ${listed.join(', ')}, which does not exist`, {
        hint: nextStep,
      });
    }
    return fromFiles(existing, 'KUBECONFIG');
  }
  const standard = join(options.env['HOME'] ?? homedir(), '.kube', 'config');
  if (existsSync(standard)) return fromFiles([standard], 'default');
  const found = inCluster(options);
  if (found !== undefined) return found;
  throw new OperatorError('no-kubeconfig', `no kubeconfig: KUBECONFIG is not set and ${standard} does not exist`, {
    hint: nextStep,
  });
}

function fromFiles(paths: readonly string[], chosenBy: string): FoundDocument {
  const files = paths.map((path) => ({ label: path, text: readKubeconfig(path), folder: dirname(path) }));
  const path = paths.join(', ');
  return { document: mergeKubeconfigs(files), label: `kubeconfig ${path}`, place: { path, chosenBy } };
}

function readKubeconfig(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new OperatorError('kubeconfig-invalid', `kubeconfig ${path} cannot be read (${systemCode(error)})`, {
      hint: `ls -l ${path}`,
    });
  }
}

function inCluster(options: KubeconfigOptions): FoundDocument | undefined {
  const folder = options.serviceAccountFolder ?? serviceAccountFolder;
  const host = options.env['KUBERNETES_SERVICE_HOST'];
  const tokenFile = join(folder, 'token');
  if (host === undefined || !existsSync(tokenFile)) return undefined;
  const namespaceFile = join(folder, 'namespace');
  const namespace = existsSync(namespaceFile) ? readFileSync(namespaceFile, 'utf8').trim() : undefined;
  const port = options.env['KUBERNETES_SERVICE_PORT'] ?? '443';
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const document: KubeconfigDocument = {
    currentContext: 'in-cluster',
    contexts: [{ name: 'in-cluster', fields: { cluster: 'in-cluster', user: 'in-cluster', namespace } }],
    clusters: [{ name: 'in-cluster', fields: { server, 'certificate-authority': join(folder, 'ca.crt') } }],
    users: [{ name: 'in-cluster', fields: { tokenFile } }],
  };
  return { document, label: `the ServiceAccount in ${folder}`, place: { path: folder, chosenBy: 'the pod' } };
}

function named(
  entries: readonly NamedEntry[],
  context: NamedEntry,
  field: 'cluster' | 'user',
  label: string,
): NamedEntry {
  const name = text(context.fields[field]);
  const entry = entries.find((candidate) => candidate.name === name);
  if (entry !== undefined) return entry;
  const wrong = name === undefined ? `names no ${field}` : `names the ${field} "${name}", which is not there`;
  throw new OperatorError('kubeconfig-invalid', `context "${context.name}" in ${label} ${wrong}`, {
    hint: 'kubectl config view',
  });
}

function serverUrl(cluster: NamedEntry, label: string): URL {
  const server = text(cluster.fields['server']);
  const url = server !== undefined && URL.canParse(server) ? new URL(server) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new OperatorError('kubeconfig-invalid', `cluster "${cluster.name}" in ${label} has no http(s) server URL`, {
      hint: `kubectl config set-cluster ${cluster.name} --server=https://HOST:PORT`,
    });
  }
  const local = /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'http:' && !local && cluster.fields['insecure-skip-tls-verify'] !== true) {
    throw new OperatorError(
      'kubeconfig-invalid',
      `cluster "${cluster.name}" in ${label} is reached over plain http, which would show Secrets to the network`,
      { hint: `use https, or kubectl config set-cluster ${cluster.name} --insecure-skip-tls-verify=true` },
    );
  }
  url.username = '';
  url.password = '';
  return url;
}

/** kubectl 1.26 dropped them; the client library would still run their command line through a shell. */
function refuseRemovedPlugins(user: NamedEntry, label: string): NamedEntry {
  const provider = user.fields['auth-provider'];
  const name = typeof provider === 'object' && provider !== null && 'name' in provider ? provider.name : undefined;
  if (name !== 'azure' && name !== 'gcp') return user;
  throw new OperatorError(
    'kubeconfig-invalid',
    `user "${user.name}" in ${label} uses the auth-provider ${name}, which kubectl dropped in 1.26`,
    { hint: name === 'azure' ? 'kubelogin convert-kubeconfig' : 'gcloud container clusters get-credentials CLUSTER' },
  );
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
