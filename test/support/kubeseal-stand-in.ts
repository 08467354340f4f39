import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for PATH in which a program `kubeseal` stands, and what it was given. */
export interface KubesealStandIn {
  readonly path: string;
  /** The arguments and the environment of each run, as the process list would show them. */
  calls(): Promise<string>;
  remove(): Promise<void>;
}

/** Seals as kubeseal does, by the public key of the file that `--cert` names. */
const script = `#!${process.execPath}
const { constants, createCipheriv, publicEncrypt, randomBytes } = require('node:crypto');
const { appendFileSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const argv = process.argv.slice(2);
appendFileSync(join(__dirname, 'calls'), JSON.stringify({ argv, env: process.env }) + '\\n');
if (argv[0] === '--version') { console.log('kubeseal version: 0.30.0'); process.exit(0); }
const option = (name) => argv[argv.indexOf(name) + 1];
const input = readFileSync(0, 'utf8');
const { metadata, data } = JSON.parse(input);
const cert = readFileSync(option('--cert'), 'utf8');
if (!cert.includes('BEGIN')) { console.error('error: no certificate in ' + input); process.exit(1); }
const scope = option('--scope');
const label = { strict: metadata.namespace + '/' + metadata.name, 'namespace-wide': metadata.namespace, 'cluster-wide': '' }[scope];
const seal = (base64) => {
  const session = randomBytes(32);
  const cipher = createCipheriv('aes-256-gcm', session, Buffer.alloc(12));
  const body = Buffer.concat([cipher.update(Buffer.from(base64, 'base64')), cipher.final(), cipher.getAuthTag()]);
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const sealed = publicEncrypt({ key: cert, padding, oaepHash: 'sha256', oaepLabel: Buffer.from(label) }, session);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(sealed.length);
  return Buffer.concat([length, sealed, body]).toString('base64');
};
const encryptedData = Object.fromEntries(Object.entries(data).map(([key, text]) => [key, seal(text)]));
console.log(JSON.stringify({ apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata, spec: { encryptedData } }));
`;

export async function kubesealStandIn(): Promise<KubesealStandIn> {
  const folder = await mkdtemp(join(tmpdir(), 'c2l-kubeseal-'));
  const program = join(folder, 'kubeseal');
  await writeFile(program, script);
  await chmod(program, 0o755);
  return {
    path: folder,
    calls: () => readFile(join(folder, 'calls'), 'utf8').catch(() => ''),
    remove: () => rm(folder, { recursive: true }),
  };
}
