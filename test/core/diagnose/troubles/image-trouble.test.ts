import { describe, expect, test } from '@jest/globals';
import { pullFailure, pullMessage, type PullFailure } from '../../../../src/core/diagnose/troubles/image-trouble.ts';

const unpacking = (image: string): string => `failed to pull and unpack image "${image}": `;
const resolving = (image: string): string => `${unpacking(image)}failed to resolve reference "${image}": `;
const ghcr = 'ghcr.io/shop/api:1';
const own = 'registry.shop.example:5000/shop/api:1';
const hub = 'docker.io/library/nothere:9';
const head = `unexpected status from HEAD request to https://registry.shop.example:5000/v2/shop/api/manifests/1: `;
const ask = (image: string): string => `${resolving(image)}failed to do request: Head "https://registry.example/v2/": `;

/** As container runtimes word it, and by which of the six it is. */
const told: readonly (readonly [PullFailure, string, string])[] = [
  ['not-found', 'containerd, no such tag', `${resolving(own)}${own}: not found`],
  ['not-found', 'kubelet in its newer words', `${unpacking(own)}failed to resolve image: ${own}: not found`],
  ['not-found', 'an rpc error before it', `rpc error: code = NotFound desc = ${resolving(hub)}${hub}: not found`],
  ['not-found', 'a status that is no answer to HEAD', `${resolving(own)}${head}404 Not Found`],
  ['not-found', 'another platform', `${unpacking(ghcr)}no match for platform in manifest: not found`],
  ['not-found', 'Docker', 'Error response from daemon: manifest for shop/api:1 not found: manifest unknown'],
  ['not-found', 'CRI-O', 'reading manifest 9 in docker.io/library/nothere: manifest unknown'],
  ['not-found', 'a registry that knows no such name', `reading manifest 1 in ${own}: name unknown: repository`],
  ['not-found', 'a name that none can have', `couldn't parse image name "Not A Name": invalid reference format`],
  [
    'unauthorized',
    'Docker Hub, which says either',
    `${resolving(hub)}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
  ],
  [
    'unauthorized',
    'Basic without credentials',
    `${resolving(own)}pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`,
  ],
  ['unauthorized', 'a 401 to HEAD', `${resolving(own)}${head}401 Unauthorized`],
  ['unauthorized', 'a 403 to HEAD', `${resolving(ghcr)}${head}403 Forbidden`],
  [
    'unauthorized',
    'a token that is refused',
    `${resolving(ghcr)}failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token?scope=repository%3Ashop%2Fapi%3Apull&service=ghcr.io: 401 Unauthorized`,
  ],
  ['unauthorized', 'Docker and ghcr', `Error response from daemon: Head "https://ghcr.io/v2/": denied: denied`],
  [
    'unauthorized',
    'CRI-O and Quay',
    'reading manifest 1 in quay.io/shop/api: unauthorized: access to the requested resource is not authorized',
  ],
  ['unauthorized', 'a status without its word', `${resolving(own)}unexpected status code: 403`],
  ['unreachable', 'a time-out', `${ask(own)}dial tcp 10.0.0.1:443: i/o timeout`],
  ['unreachable', 'a deadline', `rpc error: code = DeadlineExceeded desc = ${unpacking(own)}context deadline exceeded`],
  ['unreachable', 'a refused connection', `${ask(own)}dial tcp 127.0.0.1:9: connect: connection refused`],
  ['unreachable', 'an unknown host', `${ask(own)}dial tcp: lookup registry.example on 10.0.0.10:53: no such host`],
  [
    'unreachable',
    'a certificate that nobody vouches for',
    `${ask(own)}tls: failed to verify certificate: x509: certificate signed by unknown authority`,
  ],
  ['unreachable', 'a registry without TLS', `${ask(own)}http: server gave HTTP response to HTTPS client`],
  ['unreachable', 'a handshake', `${ask(own)}net/http: TLS handshake timeout`],
  ['unreachable', 'a connection that ends', `${ask(own)}EOF`],
  ['unreachable', 'an answer that never comes', `${ask(own)}dial tcp 10.0.0.1:443: connect: connection timed out`],
  [
    'unreachable',
    'a time-out, as kubelet 1.36 hands it on',
    `rpc error: code = DeadlineExceeded desc = ${unpacking(own)}failed to resolve image: failed to do request: Head "http://127.0.0.1:18008/v2/shop/api/manifests/1?ns=%5BREDACTED%5D": dial tcp 127.0.0.1:18008: i/o timeout`,
  ],
  [
    'unreachable',
    'an unknown host, as kubelet 1.36 hands it on',
    `${unpacking(own)}failed to resolve image: failed to do request: Head "https://nosuchhost.invalid/v2/shop/api/manifests/1?ns=%5BREDACTED%5D": dial tcp: lookup nosuchhost.invalid on 10.255.255.53:53: no such host`,
  ],
  [
    'unreachable',
    'a resolver that does not answer',
    `${ask(own)}dial tcp: lookup registry.example on 10.0.0.10:53: read udp 10.0.0.5:4711->10.0.0.10:53: i/o timeout`,
  ],
  [
    'unreachable',
    'headers that never come',
    `${ask(own)}net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)`,
  ],
  [
    'unreachable',
    'a layer that stopped to come, and was given up',
    `${unpacking(own)}failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://registry.example/v2/shop/api/blobs/sha256:1": context canceled`,
  ],
  ['unreachable', 'CRI-O and its resolver', 'pinging container registry x: Temporary failure in name resolution'],
  ['failing', 'a gateway in trouble', `${resolving(own)}unexpected status code 502 Bad Gateway`],
  ['failing', 'a server in trouble', `${resolving(own)}${head}503 Service Unavailable`],
  ['limited', 'a limit on pulls', `${resolving(hub)}${head}429 Too Many Requests`],
  ['limited', 'a limit on pulls, as Docker Hub says it', 'toomanyrequests: You have reached your pull rate limit.'],
  [
    'limited',
    'a limit on pulls, in the newer words',
    `${unpacking(own)}failed to resolve image: unexpected status from HEAD request to http://127.0.0.1:9/v2/shop/api/manifests/1?ns=registry.test: 429 Too Many Requests`,
  ],
  [
    'unauthorized',
    'no login for a registry that wants one, in the newer words',
    `${unpacking(own)}failed to resolve image: pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`,
  ],
  ['other', 'a node that pulls too much at once', 'pull QPS exceeded'],
  ['other', 'an answer that is no image', 'unexpected media type text/html for sha256:b7d082: not found'],
  ['other', 'a full disk', `${unpacking(own)}failed to extract layer: write /data: no space left on device`],
  ['other', 'a disk that may not be written', `${unpacking(own)}mkdir /var/lib/containerd/x: permission denied`],
  ['other', 'an unusual status', `${resolving(own)}${head}418 I'm a teapot`],
  ['other', 'a broken helper', 'error getting credentials: exec: "docker-credential-x": file not found in $PATH'],
  ['other', 'nothing', ''],
];

test.each(told)('a pull fails as %s: %s', (failure, _, message) => {
  expect(pullFailure(message)).toBe(failure);
  expect(pullFailure(`Failed to pull image "x": ${message}`)).toBe(failure);
});

test.each<[string, PullFailure]>([
  ['cannot reach "unauthorized": something new', 'other'],
  ['cannot get shop.example/x509/denied: something new', 'other'],
  ['cannot get shop.example/x509/denied as such', 'other'],
  ['cannot get shop.example/denied', 'other'],
  ['failed:shop.example/denied: no such host', 'unreachable'],
  ['read tcp: i/o timeout', 'unreachable'],
])('only words beside names tell: %s', (message, failure) => {
  expect(pullFailure(message)).toBe(failure);
});

test.each([
  'registry.example/denied/unauthorized:401',
  'registry.example/x509/no-such-host:500',
  'registry.example/forbidden/manifest-unknown:403',
])('what an image is called decides nothing: %s', (image) => {
  expect(pullFailure(`${resolving(image)}${image}: not found`)).toBe('not-found');
  expect(pullFailure(`${unpacking(image)}something new`)).toBe('other');
  expect(pullFailure(`${resolving(image)}unexpected status from HEAD request to https://${image}: 403 Forbidden`)).toBe(
    'unauthorized',
  );
});

describe('the message of a failed pull', () => {
  const event = (message: string) => ({ metadata: { name: 'e' }, involvedObject: {}, message });
  const events = [
    event(`Failed to pull image "x": older`),
    event(`Failed to pull image "x": newer`),
    event('Error: x'),
  ];

  test('is the status where that tells it', () => {
    expect(pullMessage('pull QPS exceeded', events)).toBe('pull QPS exceeded');
    expect(pullMessage('Back-off pulling image "x": ErrImagePull: why', events)).toBe(
      'Back-off pulling image "x": ErrImagePull: why',
    );
  });

  test('is the newest event where the status only says that it waits', () => {
    expect(pullMessage('Back-off pulling image "x"', events)).toBe('Failed to pull image "x": newer');
    expect(pullMessage(undefined, events)).toBe('Failed to pull image "x": newer');
    expect(pullMessage('Back-off pulling image "shop/web:1"', events)).toBe('Failed to pull image "x": newer');
    const quoted = 'it says: Back-off pulling image "x"';
    expect(pullMessage(quoted, events)).toBe(quoted);
    expect(pullMessage(undefined, [{ metadata: { name: 'e' }, involvedObject: {} }])).toBe('');
  });

  test('is what there is where no event is left', () => {
    expect(pullMessage('Back-off pulling image "x"', [])).toBe('Back-off pulling image "x"');
    expect(pullMessage(undefined, [])).toBe('');
  });
});
