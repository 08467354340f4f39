import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** A certificate authority that lives as long as the vault, and the vault's own certificate. */
export interface VaultCertificates {
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
}

const day = 24 * 60 * 60 * 1000;

/** Made anew each time: no private key is shipped, and no trust outlives the process. */
export function createVaultCertificates(now: Date): VaultCertificates {
  const validity = sequence(utcTime(now.getTime() - day), utcTime(now.getTime() + 90 * day));
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const vault = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = commonName('c2l sandbox CA');
  const authorityId = keyId(authority.publicKey);
  const ca = certificate({
    fields: [issuer, validity, issuer, spki(authority.publicKey)],
    extensions: [
      extension(oids.basicConstraints, true, sequence(tlv(tags.boolean, Buffer.from([0xff])))),
      // Signing certificates and nothing else.
      extension(oids.keyUsage, true, bitString(Buffer.from([0x04]), 2)),
      extension(oids.subjectKeyId, false, tlv(tags.octetString, authorityId)),
    ],
    key: authority.privateKey,
  });
  const leaf = certificate({
    fields: [issuer, validity, commonName('c2l sandbox vault'), spki(vault.publicKey)],
    extensions: [
      extension(oids.authorityKeyId, false, sequence(tlv(tags.keyId, authorityId))),
      extension(oids.extendedKeyUsage, false, sequence(oid(oids.serverAuth))),
      extension(
        oids.subjectAltName,
        false,
        sequence(tlv(tags.ipAddress, Buffer.from([127, 0, 0, 1])), tlv(tags.dnsName, Buffer.from('localhost'))),
      ),
    ],
    key: authority.privateKey,
  });
  return {
    caPem: pem(ca),
    certPem: pem(leaf),
    keyPem: vault.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

interface CertificateParts {
  /** Issuer, validity, subject, public key. */
  readonly fields: readonly Buffer[];
  readonly extensions: readonly Buffer[];
  /** The issuer's. */
  readonly key: KeyObject;
}

/** RFC 5280, section 4.1: version 3, signed with ECDSA over SHA-256. */
function certificate({ fields, extensions, key }: CertificateParts): Buffer {
  const algorithm = sequence(oid(oids.ecdsaWithSha256));
  const serial = randomBytes(16);
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0);
  const signed = sequence(
    tlv(tags.version, tlv(tags.integer, Buffer.from([2]))),
    tlv(tags.integer, serial),
    algorithm,
    ...fields,
    tlv(tags.extensions, sequence(...extensions)),
  );
  return sequence(signed, algorithm, bitString(sign('sha256', signed, key)));
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
  version: 0xa0,
  extensions: 0xa3,
  dnsName: 0x82,
  ipAddress: 0x87,
  keyId: 0x80,
} as const;

/** Encoded object identifiers. */
const oids = {
  ecdsaWithSha256: '2a8648ce3d040302',
  commonName: '550403',
  basicConstraints: '551d13',
  keyUsage: '551d0f',
  extendedKeyUsage: '551d25',
  subjectAltName: '551d11',
  subjectKeyId: '551d0e',
  authorityKeyId: '551d23',
  serverAuth: '2b06010505070301',
} as const;

function tlv(tag: number, ...contents: readonly Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), length(body.length), body]);
}

function length(size: number): Buffer {
  if (size < 0x80) return Buffer.from([size]);
  return size < 0x100 ? Buffer.from([0x81, size]) : Buffer.from([0x82, size >> 8, size & 0xff]);
}

function sequence(...contents: readonly Buffer[]): Buffer {
  return tlv(tags.sequence, ...contents);
}

function oid(hex: string): Buffer {
  return tlv(tags.objectIdentifier, Buffer.from(hex, 'hex'));
}

function bitString(bits: Buffer, unusedBits = 0): Buffer {
  return tlv(tags.bitString, Buffer.from([unusedBits]), bits);
}

function utcTime(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replace(/\.\d+/, '').replace(/[-:T]/g, '').slice(2);
  return tlv(tags.utcTime, Buffer.from(text));
}

function commonName(name: string): Buffer {
  return sequence(tlv(tags.set, sequence(oid(oids.commonName), tlv(tags.utf8String, Buffer.from(name)))));
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha256').update(spki(key)).digest().subarray(0, 20);
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [tlv(tags.boolean, Buffer.from([0xff]))] : [];
  return sequence(oid(id), ...flag, tlv(tags.octetString, value));
}
