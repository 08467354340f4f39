import { OperatorError } from '../../errors.ts';
import { standardInput } from '../files/file-refused.ts';

interface Foreign {
  readonly pattern: RegExp;
  readonly is: string;
  /** What prints the file as it was before. */
  readonly decrypt?: string;
}

/** What people keep secrets in that is no .env file. */
const encrypted: readonly Foreign[] = [
  { pattern: /^[\w.-]+=["']?ENC\[AES256_GCM,/m, is: 'is encrypted by sops', decrypt: 'sops -d' },
  { pattern: /^-----BEGIN PGP MESSAGE-----/, is: 'is encrypted by PGP', decrypt: 'gpg -qd' },
  { pattern: /^\$ANSIBLE_VAULT;/, is: 'is encrypted by ansible-vault', decrypt: 'ansible-vault view' },
];
const otherwise: readonly Foreign[] = [
  { pattern: /^\s*[{[]/, is: 'is JSON' },
  { pattern: /^apiVersion:[^]*^kind:|^kind:[^]*^apiVersion:/m, is: 'is a manifest of Kubernetes' },
];

/** Undefined where a text may be a .env file, however wrong: `isMisread` where a reader of those found none in it. */
export function foreignFile(text: string, file: string, isMisread: boolean): OperatorError | undefined {
  const found = [...encrypted, ...(isMisread ? otherwise : [])].find(({ pattern }) => pattern.test(text));
  if (found === undefined) return undefined;
  const { is, decrypt } = found;
  const name = file === standardInput ? 'what is piped in' : file;
  const command = file === standardInput ? `${decrypt ?? ''} FILE |` : `--from env:<(${decrypt ?? ''} ${file})`;
  return new OperatorError('source-invalid', `${name} ${is}, and env: reads lines NAME=VALUE`, {
    hint:
      decrypt === undefined
        ? 'give each value as a line NAME=VALUE, not in base64'
        : `decrypt it on the way: ${command}`,
  });
}
