import { namespaceOf, type Stack, type StackSecret } from '../stack/stack.ts';
import type { GeneratedFile } from './generated-file.ts';
import { Commented } from './generated-file.ts';
import type { SealScope } from './seal-scopes.ts';

const prefix = 'sealedsecrets.bitnami.com';

/** One SealedSecret, with what a sealer made of the values. The keys stand in order, whoever gave them. */
export function sealedSecretFile(
  stack: Stack,
  secret: StackSecret,
  { scope, sealed }: { readonly scope: SealScope; readonly sealed: ReadonlyMap<string, string> },
): GeneratedFile {
  const namespace = namespaceOf(stack, secret);
  const { name, type } = secret;
  const scopes = scope === 'strict' ? {} : { [`${prefix}/${scope}`]: 'true' };
  return {
    path: sealedSecretPath(stack, secret),
    comment: `Secret ${namespace}/${name} of stack ${stack.name}, readable for the Sealed Secrets controller of one cluster alone. A Secret of that name that is there already is left as it is: c2l migrate ${name} --to sealed-secrets hands it over.`,
    use: 'apply',
    documents: [
      {
        apiVersion: 'bitnami.com/v1alpha1',
        kind: 'SealedSecret',
        metadata: {
          name,
          namespace,
          annotations: {
            'argocd.argoproj.io/sync-wave': '-1',
            'argocd.argoproj.io/sync-options': new Commented(
              'The Secret goes with this object, so that Argo CD asks before it takes it away.',
              'Prune=confirm,Delete=confirm',
            ),
            ...scopes,
          },
        },
        spec: {
          encryptedData: Object.fromEntries([...sealed].sort(([left], [right]) => (left < right ? -1 : 1))),
          template: {
            metadata: {
              name,
              namespace,
              annotations: {
                [`${prefix}/managed`]: new Commented(
                  'A Secret that was put back from a backup is taken on again.',
                  'true',
                ),
                ...scopes,
              },
            },
            type,
          },
        },
      },
    ],
  };
}

export function sealedSecretPath(stack: Stack, secret: StackSecret): string {
  return `${namespaceOf(stack, secret)}.${secret.name}.yaml`;
}

/** Shorter than anything that was sealed: its session key alone takes 256 bytes or more. */
const sealedLine = /^( +'?)([-._a-zA-Z0-9]+)('?: )'?[A-Za-z0-9+/]{340,}={0,2}'?$/gm;

/** The same text for the same Secret, however often it was sealed: sealing is random, and only its controller can compare. */
export function withoutSealed(text: string): string {
  return text.replace(sealedLine, '$1$2$3SEALED');
}

export function sealedKeys(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(sealedLine)].map((match) => match[2] ?? ''));
}
