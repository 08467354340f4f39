/** Checks of one web server, each of which is generated otherwise: a login, TLS, and two that are open. */
export const webChecks = [
  {
    kind: 'http',
    service: 'web',
    port: 8080,
    basicAuth: { user: { value: 'a' }, password: { secret: 's', key: 'p' } },
  },
  { kind: 'http', service: 'web', port: 8443, tls: {} },
  { kind: 'http', service: 'web', port: 80, path: '/health' },
  { kind: 'http', service: 'web', port: 81, path: '/other' },
];
