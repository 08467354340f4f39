import { refText, type Ingress } from '../cluster/kubernetes.ts';
import type { CertificateFacts } from '../cluster/secret-contents.ts';
import type { Secret } from '../cluster/secret.ts';
import { compareText } from '../compare-text.ts';
import type { Finding, FindingCode } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { listText } from '../list-text.ts';
import { places } from '../secrets/requirements.ts';
import type { SecretNeed } from '../secrets/secret-needs.ts';
import { coversHost } from './covers-host.ts';
import { renewTls } from './diagnose-special-secrets.ts';
import type { Scene } from './diagnosis-scene.ts';

const dayMs = 86_400_000;
const warningDays = 14;

/** Certificates of Ingresses that are there and are not served, not trusted, or not for much longer. */
export function diagnoseCertificates({ snapshot, needs }: Scene): Finding[] {
  const asked = askedHosts(snapshot.ingresses.items);
  return needs.flatMap((need) => {
    const { secret } = need;
    if (!need.vias.has('tls') || secret === undefined) return [];
    const told = trouble(secret, Date.parse(snapshot.takenAt));
    const other = otherHosts(secret, asked.get(`${need.namespace}/${need.name}`) ?? []);
    return [told, other].flatMap((each) => (each === undefined ? [] : certificateFinding(need, secret, each)));
  });
}

interface Trouble {
  readonly code: FindingCode;
  readonly what: string;
  readonly severity?: 'warning';
  /** The names of the Ingresses that it is about, where not all that serve the certificate. */
  readonly ingresses?: ReadonlySet<string>;
}

/** A host that an Ingress wants to be served with a Secret. */
interface AskedHost {
  readonly ingress: string;
  readonly host: string;
}

/** By NAMESPACE/SECRET. An entry without hosts leaves them to its controller. */
function askedHosts(ingresses: readonly Ingress[]): ReadonlyMap<string, readonly AskedHost[]> {
  const bySecret = new Map<string, AskedHost[]>();
  for (const { metadata, spec } of ingresses) {
    for (const { secretName, hosts = [] } of spec?.tls ?? []) {
      if (secretName === undefined) continue;
      const id = `${metadata.namespace ?? ''}/${secretName}`;
      const asked = hosts.map((host) => ({ ingress: metadata.name, host }));
      bySecret.set(id, [...(bySecret.get(id) ?? []), ...asked]);
    }
  }
  return bySecret;
}

function otherHosts({ certificate }: Secret, asked: readonly AskedHost[]): Trouble | undefined {
  if (certificate?.state !== 'readable') return undefined;
  const left = asked.filter(({ host }) => !certificate.hosts.some((name) => coversHost(name, host)));
  if (left.length === 0) return undefined;
  const hosts = listText([...new Set(left.map(({ host }) => host))].sort());
  const named = certificate.hosts;
  return {
    code: 'tls-host-not-covered',
    what:
      named.length === 0
        ? `holds a certificate for no host, and so not for ${hosts}`
        : `holds a certificate for ${listText(named)}, not for ${hosts}`,
    ingresses: new Set(left.map(({ ingress }) => ingress)),
  };
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

function certificateFinding(need: SecretNeed, secret: Secret, { code, what, severity, ingresses }: Trouble): Finding {
  const object = { kind: 'Secret', namespace: need.namespace, name: need.name };
  const own = need.references.filter(({ via, name }) => via === 'tls' && ingresses?.has(name) !== false);
  const references = [...places(own)].sort((left, right) => compareText(left.name, right.name));
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
  return issued === undefined ? renewTls(need) : `kubectl -n ${need.namespace} describe certificate ${issued}`;
}
