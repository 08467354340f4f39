/** What a server showed when TLS was spoken with it; nothing of it was trusted. */
export interface ShownCertificate {
  /** ISO 8601. */
  readonly ends: string;
  /** A word of OpenSSL's, such as `CERT_HAS_EXPIRED`, where the chain does not lead to who is trusted. */
  readonly chainError?: string;
  /** The names that it is for, where the asked one is not among them. */
  readonly otherNames?: readonly string[];
}

export interface CertificateJudgement {
  readonly state: 'good' | 'ends-soon' | 'bad';
  readonly detail: string;
}

const dayMs = 86_400_000;

const chainWords: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is signed by itself alone',
  SELF_SIGNED_CERT_IN_CHAIN: 'is signed by an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'is signed by an authority that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'is signed by an authority that the server does not show',
};

/** Whether clients accept a certificate, and for how long they will. */
export function judgeCertificate(
  { ends, chainError, otherNames }: ShownCertificate,
  { host, days, now }: { readonly host: string; readonly days: number; readonly now: Date },
): CertificateJudgement {
  const left = Math.floor((Date.parse(ends) - now.getTime()) / dayMs);
  const on = `on ${ends.slice(0, 10)}`;
  if (left < 0) return { state: 'bad', detail: `the certificate ended ${daysText(-left)} ago, ${on}` };
  if (otherNames !== undefined) {
    const names = otherNames.length === 0 ? 'nobody' : otherNames.slice(0, 3).join(', ');
    return { state: 'bad', detail: `the certificate is for ${names}, not for ${host}` };
  }
  if (chainError !== undefined) {
    const words = chainWords[chainError] ?? 'is not trusted';
    return { state: 'bad', detail: `the certificate ${words} (${chainError})` };
  }
  const detail = `the certificate ends in ${daysText(left)}, ${on}`;
  return { state: left < days ? 'ends-soon' : 'good', detail };
}

function daysText(days: number): string {
  return days === 1 ? '1 day' : `${days} days`;
}
