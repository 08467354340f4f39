/** `docker.io/library/busybox` for `busybox:1.36`: the name that credentials are looked up by. */
export function imageRepository(image: string): string {
  const name = image.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
  const [first = '', ...rest] = name.split('/');
  const isDomain = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const domain = isDomain ? first : 'docker.io';
  const path = isDomain ? rest.join('/') : name;
  if (domain !== 'docker.io' && domain !== 'index.docker.io') return `${domain}/${path}`;
  return `docker.io/${path.includes('/') ? path : `library/${path}`}`;
}

export function imageRegistry(image: string): string {
  return imageRepository(image).split('/')[0] ?? '';
}

/**
 * Whether credentials of these entries would be used for an image, as kubelet decides: the host part by part, in which
 * `*` stands for anything within a part; the port, which must be the same; the path, as a beginning. Docker Hub's old
 * address stands for Docker Hub.
 */
export function coversImage(entries: readonly string[], image: string): boolean {
  const repository = imageRepository(image);
  return entries.map(credentialPlace).some((place) => {
    if (place === 'index.docker.io' && repository.startsWith('docker.io/')) return true;
    return isWithin(repository, place);
  });
}

/** Host and path of an entry, which may be a URL, with the version that clients of old added left out. */
function credentialPlace(entry: string): string {
  const [host = '', ...path] = entry.replace(/^https?:\/\//, '').split('/');
  if (path[0] === 'v1' || path[0] === 'v2') path.shift();
  const rest = path.join('/');
  return rest === '' ? host : `${host}/${rest}`;
}

function isWithin(repository: string, place: string): boolean {
  const [target, path] = splitPlace(repository);
  const [pattern, prefix] = splitPlace(place);
  const parts = target.host.split('.');
  const globs = pattern.host.split('.');
  return (
    target.port === pattern.port &&
    parts.length === globs.length &&
    globs.every((glob, index) => wildcard(glob).test(parts[index] ?? '')) &&
    path.startsWith(prefix)
  );
}

function splitPlace(place: string): [authority: { host: string; port: string }, path: string] {
  const slash = place.indexOf('/');
  const authority = slash < 0 ? place : place.slice(0, slash);
  const [host = '', port = ''] = authority.split(':');
  return [{ host, port }, slash < 0 ? '' : place.slice(slash)];
}

function wildcard(glob: string): RegExp {
  const escaped = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`);
}
