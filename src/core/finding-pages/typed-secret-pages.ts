import type { FindingCode } from '../findings/findings.ts';
import type { FindingPage } from './finding-page.ts';

/** Pages of the codes that are about Secrets of a type: image pull Secrets and certificates. */
export const typedSecretPages = {
  'image-pull-secret-invalid': {
    title: 'an image pull Secret is there and of no use',
    meaning: [
      'kubelet passes over a pull Secret whose type is neither kubernetes.io/dockerconfigjson nor kubernetes.io/dockercfg. One of the right type that it cannot read makes every pull of the pod fail, also of public images. Where the image is on the node already nothing shows: a warning then.',
    ],
    inKubectl: [
      'The type stands in the list; the pod shows ErrImagePull and ImagePullBackOff in turn.',
      { lines: ['kubectl -n NAMESPACE get secret NAME', 'kubectl -n NAMESPACE describe pod POD'] },
    ],
    fixWithC2l: ['c2l writes no credentials of registries. It names who pulls with them.', { lines: ['c2l audit'] }],
    fixByHand: [
      'A type cannot be changed: delete the Secret and create it again, from a Docker configuration file:',
      { lines: ['kubectl -n NAMESPACE create secret docker-registry NAME \\', '  --from-file=.dockerconfigjson=FILE'] },
    ],
    safeToIgnore: ['Where the images are public and the Secret can be read; better remove it from the pod.'],
  },
  'image-registry-not-covered': {
    title: 'no pull Secret holds credentials for the registry of an image',
    meaning: [
      'The workload names pull Secrets, all of them can be read, and none has an entry for the registry of the image. kubelet compares host, port and the beginning of the path; `*` stands for one part of the host; Docker Hub is `https://index.docker.io/v1/` or `docker.io`. An error where the registry refuses the pull; a warning before any pod was tried, for registries that do not usually serve everybody.',
    ],
    inKubectl: [
      'The event says 401 or 403, or that authorization is required.',
      { lines: ['kubectl -n NAMESPACE describe pod POD'] },
    ],
    fixWithC2l: ['c2l writes no credentials of registries.'],
    fixByHand: [
      'Add an entry for the host as the image names it, port included, and create the Secret anew:',
      { lines: ['kubectl -n NAMESPACE create secret docker-registry NAME \\', '  --from-file=.dockerconfigjson=FILE'] },
    ],
    safeToIgnore: ['The warning, where the image is public.'],
  },
  'tls-secret-invalid': {
    title: 'the certificate of an Ingress cannot be served',
    meaning: [
      'The Secret is there, and its certificate or key cannot be read, they do not belong together, or the certificate is not valid yet. Ingress controllers then serve a certificate of their own, which browsers refuse. A Secret of another type than kubernetes.io/tls is a warning: some controllers take it.',
    ],
    inKubectl: ['Nothing: `describe` shows two keys with their sizes. The log of the Ingress controller tells.'],
    fixWithC2l: ['c2l issues no certificates.'],
    fixByHand: [
      {
        lines: [
          'kubectl -n NAMESPACE create secret tls NAME --cert=FILE --key=FILE \\',
          '  --dry-run=client -o yaml | kubectl apply --server-side --force-conflicts -f -',
        ],
      },
      'Where cert-manager issued it, `describe certificate` says why it is not renewed.',
    ],
    safeToIgnore: ['The warning about the type, where your controller serves it.'],
  },
  'tls-host-not-covered': {
    title: 'the certificate of an Ingress is for other hosts',
    meaning: [
      'An entry under `tls` of the Ingress names hosts that the certificate of its Secret is not for. Clients compare the host with the names in the subjectAltName alone, and no longer with the common name; `*` stands for one label. They refuse the connection, and some Ingress controllers serve a certificate of their own instead.',
    ],
    inKubectl: [
      'Nothing: only the certificate itself tells.',
      {
        lines: [
          "kubectl -n NAMESPACE get secret NAME -o jsonpath='{.data.tls\\.crt}' |",
          '  base64 -d | openssl x509 -noout -ext subjectAltName',
        ],
      },
    ],
    fixWithC2l: ['c2l issues no certificates.'],
    fixByHand: [
      'Have a certificate issued that names these hosts too, and put it into the Secret; or correct `hosts` or `secretName` of the Ingress.',
      {
        lines: [
          'kubectl -n NAMESPACE create secret tls NAME --cert=FILE --key=FILE \\',
          '  --dry-run=client -o yaml | kubectl apply --server-side --force-conflicts -f -',
        ],
      },
    ],
    safeToIgnore: ['Where something in front ends TLS with a certificate of its own and does not check this one.'],
  },
  'tls-certificate-expired': {
    title: 'the certificate of an Ingress has expired',
    meaning: ['Browsers and clients refuse the connection. What stands behind the Ingress works.'],
    inKubectl: [
      {
        lines: [
          "kubectl -n NAMESPACE get secret NAME -o jsonpath='{.data.tls\\.crt}' |",
          '  base64 -d | openssl x509 -noout -enddate',
        ],
      },
    ],
    fixWithC2l: ['c2l issues no certificates.'],
    fixByHand: [
      'Renew it and put it into the Secret; where cert-manager issued it, `describe certificate` says why it was not.',
    ],
    safeToIgnore: ['Where nobody uses the hosts of that Ingress any more.'],
  },
  'tls-certificate-expiring': {
    title: 'the certificate of an Ingress expires within 14 days',
    meaning: [
      'What renews certificates, such as cert-manager, does so 30 days before the end: one that has less than 14 left was not renewed.',
    ],
    inKubectl: ['As for one that has expired: only the certificate itself tells.'],
    fixWithC2l: ['c2l issues no certificates.'],
    fixByHand: ['See why it was not renewed: `kubectl describe certificate` where cert-manager issued it.'],
    safeToIgnore: ['With certificates that live for days only, by design.'],
  },
} as const satisfies Partial<Record<FindingCode, FindingPage>>;
