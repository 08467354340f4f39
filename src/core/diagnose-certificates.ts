import { createTlsSecret } from './diagnose-special-secrets.ts';
import type { Scene } from './diagnosis-scene.ts';
import { compareText, type Finding, type FindingCode } from './findings.ts';
import { refText } from './kubernetes.ts';
import { listText } from './list-text.ts';
import { newFinding } from './new-finding.ts';
import { places } from './requirements.ts';
import type { Secret } from './secret.ts';
import type { CertificateFacts } from './secret-contents.ts';
import type { SecretNeed } from './secret-needs.ts';

const dayMs = 86_400_000;
const warningDays = 14;

/** Certificates of Ingresses that are there and are not served, or not for much longer. */
export function diagnoseCertificates({ snapshot, needs }: Scene): Finding[] {
  return needs.flatMap((need) => {
    if (!need.vias.has('tls') || need.secret === undefined) return [];
    const told = trouble(need.secret, Date.parse(snapshot.takenAt));
    return told === undefined ? [] : [certificateFinding(need, need.secret, told)];
  });
}

interface Trouble {
  readonly code: FindingCode;
  readonly what: string;
  readonly severity?: 'warning';
}

function trouble({ type, certificate }: Secret, now: number): Trouble | undefined {
  const found = certificate && certificateTrouble(certificate, now);
  if (found !== undefined || type === 'kubernetes.io/tls' || certificate === undefined) return found;
  const what = `is of type ${type}: some Ingress controllers take a certificate only from kubernetes.io/tls`;
  return { code: 'tls-secret-invalid', what, severity: 'warning' };
}

function certificateTrouble(facts: CertificateFacts, now: number): Trouble | undefined {
  if (facts.state === 'unreadable') {
    const what = facts.what === 'certificate' ? 'tls.crt holds no certificate' : 'tls.key holds no private key';
    return { code: 'tls-secret-invalid', what: `cannot be served: its ${what} that can be read` };
  }
  if (!facts.isPair)
    return { code: 'tls-secret-invalid', what: 'cannot be served: its key is not that of its certificate' };
  const left = Date.parse(facts.notAfter) - now;
  const until = facts.notAfter.slice(0, 10);
  if (left <= 0) return { code: 'tls-certificate-expired', what: `holds a certificate that expired on ${until}` };
  if (Date.parse(facts.notBefore) > now) {
    const from = facts.notBefore.slice(0, 10);
    return { code: 'tls-secret-invalid', what: `holds a certificate that is not valid before ${from}` };
  }
  if (left > warningDays * dayMs) return undefined;
  const days = Math.floor(left / dayMs);
  return {
    code: 'tls-certificate-expiring',
    what: `holds a certificate that expires on ${until}, in ${days} day${days === 1 ? '' : 's'}`,
  };
}

function certificateFinding(need: SecretNeed, secret: Secret, { code, what, severity }: Trouble): Finding {
  const object = { kind: 'Secret', namespace: need.namespace, name: need.name };
  const references = [...places(need.references.filter(({ via }) => via === 'tls'))].sort((left, right) =>
    compareText(left.name, right.name),
  );
  const users = [...new Set(references.map(refText))];
  return newFinding(code, {
    object,
    ...(severity && { severity }),
    secret: need.name,
    references: [...new Map(references.map((place) => [place.name, place])).values()],
    message: `${refText(object)}, which ${listText(users)} ${users.length === 1 ? 'serves' : 'serve'}, ${what}`,
    fix: renewal(need, secret),
  });
}

/** cert-manager renews what it issued by itself, and says why it did not. */
function renewal(need: SecretNeed, { metadata }: Secret): string {
  const issued = metadata.annotations?.['cert-manager.io/certificate-name'];
  return issued === undefined
    ? `${createTlsSecret(need)} --dry-run=client -o yaml | kubectl apply --server-side --force-conflicts -f -`
    : `kubectl -n ${need.namespace} describe certificate ${issued}`;
}
