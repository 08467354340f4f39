import { groupVersion, resourceTypes, type ResourceType } from '../resources.ts';

const objectVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

function entries(type: ResourceType): unknown[] {
  const { name, singular, namespaced, kind, shortNames, inAll } = type;
  return [
    {
      name,
      singularName: singular,
      namespaced,
      kind,
      verbs: type.createOnly ? ['create'] : objectVerbs,
      ...(shortNames && { shortNames }),
      ...(inAll && { categories: ['all'] }),
    },
    ...(type.status
      ? [{ name: `${name}/status`, singularName: '', namespaced, kind, verbs: ['get', 'patch', 'update'] }]
      : []),
    ...(type.subresources ?? []).map((sub) => ({
      name: `${name}/${sub.name}`,
      singularName: '',
      namespaced,
      kind: sub.kind,
      verbs: sub.verbs,
    })),
  ];
}

function resourceList(group: string, version: string): unknown {
  const types = resourceTypes.filter((type) => type.group === group && type.version === version);
  return types.length === 0
    ? undefined
    : {
        kind: 'APIResourceList',
        apiVersion: 'v1',
        groupVersion: groupVersion({ group, version }),
        resources: types.flatMap(entries),
      };
}

function groups(): { name: string; versions: unknown[]; preferredVersion: unknown }[] {
  const named = resourceTypes.filter((type) => type.group !== '');
  const distinct = new Map(named.map((type) => [type.group, type.version]));
  return [...distinct].map(([name, version]) => {
    const entry = { groupVersion: `${name}/${version}`, version };
    return { name, versions: [entry], preferredVersion: entry };
  });
}

/**
 * As much of OpenAPI as kubectl asks before it creates or applies something: that the server looks at
 * `fieldValidation` itself, so that kubectl does not want the schemas.
 */
function openApi(path: string): unknown {
  const versions = [...new Set(resourceTypes.map(groupVersion))];
  const documents = versions.map((version) => (version === 'v1' ? 'api/v1' : `apis/${version}`));
  if (path === '/openapi/v3') {
    return {
      paths: Object.fromEntries(documents.map((name) => [name, { serverRelativeURL: `/openapi/v3/${name}` }])),
    };
  }
  const index = documents.findIndex((name) => path === `/openapi/v3/${name}`);
  if (index < 0) {
    return undefined;
  }
  const types = resourceTypes.filter((type) => groupVersion(type) === versions[index]);
  const prefix = `/${documents[index] ?? ''}`;
  return {
    openapi: '3.0.0',
    info: { title: 'c2l sandbox', version: 'v1' },
    paths: Object.fromEntries(
      types.map((type) => [
        `${prefix}/${type.namespaced ? 'namespaces/{namespace}/' : ''}${type.name}/{name}`,
        {
          patch: {
            'x-kubernetes-group-version-kind': { group: type.group, version: type.version, kind: type.kind },
            parameters: [{ name: 'fieldValidation', in: 'query', schema: { type: 'string' } }],
            responses: {},
          },
        },
      ]),
    ),
  };
}

const version = {
  major: '1',
  minor: '33',
  gitVersion: 'v1.33.0-c2l-sandbox',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: '',
};

/** What the API says about itself at this path; undefined where the path is not about that. */
export function discovery(path: string): unknown {
  switch (path) {
    case '/version':
      return version;
    case '/api':
      return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
    case '/api/v1':
      return resourceList('', 'v1');
    case '/apis':
      return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups() };
    default:
      return path.startsWith('/openapi/') ? openApi(path) : groupDocument(path);
  }
}

function groupDocument(path: string): unknown {
  const [root, group, ofVersion, ...rest] = path.slice(1).split('/');
  if (root !== 'apis' || group === undefined || rest.length > 0) {
    return undefined;
  }
  if (ofVersion !== undefined) {
    return resourceList(group, ofVersion);
  }
  const found = groups().find((candidate) => candidate.name === group);
  return found && { kind: 'APIGroup', apiVersion: 'v1', ...found };
}
