/** What the certificate and the key of a TLS Secret are, as far as decisions need it. */
export type CertificateFacts =
  | { readonly state: 'unreadable'; readonly what: 'certificate' | 'key' }
  | {
      readonly state: 'readable';
      /** UTC, ISO 8601. */
      readonly notBefore: string;
      readonly notAfter: string;
      readonly isPair: boolean;
      /** The hosts that it is for, as its subjectAltName has them: `web.example.org`, `*.example.org`. */
      readonly hosts: readonly string[];
    };

/** For which registries an image pull Secret holds credentials, as its entries are written; why kubelet cannot read it. */
export type PullCredentials =
  | { readonly state: 'readable'; readonly entries: readonly string[] }
  | { readonly state: 'unreadable'; readonly why: string };
