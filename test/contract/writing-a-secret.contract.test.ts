import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { worldKinds, type ApiAnswer, type World } from './support/worlds.ts';

jest.setTimeout(120_000);

const mergePatch = 'application/merge-patch+json';

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

describe.each(worldKinds)('writing a Secret on $name', (kind) => {
  const run = kind.isThere ? test : test.skip;
  let world: World;

  beforeAll(async () => {
    if (kind.isThere) {
      world = await kind.start();
    }
  });

  afterAll(async () => {
    if (kind.isThere) {
      await world.close();
    }
  });

  async function create(name: string, fields: object, query = ''): Promise<ApiAnswer> {
    return world.send('POST', `secrets${query}`, { apiVersion: 'v1', kind: 'Secret', metadata: { name }, ...fields });
  }

  async function patch(name: string, body: unknown, query = ''): Promise<ApiAnswer> {
    return world.send('PATCH', `secrets/${name}${query}`, body, mergePatch);
  }

  async function read(name: string): Promise<ApiAnswer> {
    return world.send('GET', `secrets/${name}`);
  }

  run('stringData becomes data and is not given back, while an annotation keeps whatever text it carries', async () => {
    const annotation = JSON.stringify({ stringData: { a: 'plain' } });
    const created = await world.send('POST', 'secrets', {
      metadata: { name: 'folded', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': annotation } },
      stringData: { a: 'plain', b: 'wins' },
      data: { b: base64('loses') },
    });
    expect(created.status).toBe(201);
    expect(created.body['data']).toEqual({ a: base64('plain'), b: base64('wins') });
    expect(created.body['stringData']).toBeUndefined();
    expect(created.body['type']).toBe('Opaque');
    const patched = await patch('folded', { data: { c: base64('new') } });
    expect(patched.body.metadata.annotations).toEqual({
      'kubectl.kubernetes.io/last-applied-configuration': annotation,
    });
  });

  run('a merge patch on data adds keys, keeps the others and removes those set to null', async () => {
    await create('merged', { data: { keep: base64('1'), drop: base64('2') } });
    const patched = await patch('merged', { data: { add: base64('3'), drop: null } });
    expect(patched.status).toBe(200);
    expect(patched.body['data']).toEqual({ keep: base64('1'), add: base64('3') });
  });

  run('stringData in a merge patch never removes earlier keys', async () => {
    await create('string-merged', { data: { keep: base64('1') } });
    const patched = await patch('string-merged', { stringData: { add: '2' } });
    expect(patched.body['data']).toEqual({ keep: base64('1'), add: base64('2') });
  });

  run('an update replaces data whole', async () => {
    await create('replaced', { data: { old: base64('1') } });
    const updated = await world.send('PUT', 'secrets/replaced', {
      metadata: { name: 'replaced' },
      data: { new: base64('2') },
    });
    expect(updated.status).toBe(200);
    expect(updated.body['data']).toEqual({ new: base64('2') });
  });

  run(
    'server-side apply of data drops the keys that its manager stops sending, of stringData it does not',
    async () => {
      const apply = (name: string, fields: object): Promise<ApiAnswer> =>
        world.send(
          'PATCH',
          `secrets/${name}?fieldManager=applier&force=true`,
          { apiVersion: 'v1', kind: 'Secret', metadata: { name }, ...fields },
          'application/apply-patch+yaml',
        );
      await apply('applied-data', { data: { a: base64('1'), b: base64('2') } });
      const second = await apply('applied-data', { data: { a: base64('1') } });
      expect(second.body['data']).toEqual({ a: base64('1') });
      await apply('applied-string', { stringData: { a: '1', b: '2' } });
      const third = await apply('applied-string', { stringData: { a: '1' } });
      expect(third.body['data']).toEqual({ a: base64('1'), b: base64('2') });
    },
  );

  run('a merge patch that carries an old resourceVersion gets 409 and changes nothing', async () => {
    const created = await create('raced', { data: { a: base64('1') } });
    const { resourceVersion } = created.body.metadata;
    await patch('raced', { data: { b: base64('2') } });
    const late = await patch('raced', { metadata: { resourceVersion }, data: { c: base64('3') } });
    expect(late.status).toBe(409);
    expect(late.body['reason']).toBe('Conflict');
    expect(late.body['message']).toBe(
      'Operation cannot be fulfilled on secrets "raced": the object has been modified; ' +
        'please apply your changes to the latest version and try again',
    );
    expect((await read('raced')).body['data']).toEqual({ a: base64('1'), b: base64('2') });
  });

  run('a merge patch that carries the current resourceVersion is written', async () => {
    const created = await create('planned', { data: {} });
    const { resourceVersion } = created.body.metadata;
    const patched = await patch('planned', { metadata: { resourceVersion }, data: { a: base64('1') } });
    expect(patched.status).toBe(200);
    expect(patched.body.metadata.resourceVersion).not.toBe(resourceVersion);
  });

  run('an update with an old resourceVersion gets 409', async () => {
    const created = await create('updated-late', { data: {} });
    await patch('updated-late', { data: { a: base64('1') } });
    const late = await world.send('PUT', 'secrets/updated-late', created.body);
    expect([late.status, late.body['reason']]).toEqual([409, 'Conflict']);
  });

  run('a patch that changes nothing keeps the resourceVersion', async () => {
    const created = await create('same', { data: { a: base64('1') } });
    const patched = await patch('same', { data: { a: base64('1') } }, '?fieldManager=another');
    expect(patched.status).toBe(200);
    expect(patched.body.metadata.resourceVersion).toBe(created.body.metadata.resourceVersion);
  });

  run('an immutable Secret refuses a patch of its data with 422', async () => {
    await create('fixed', { immutable: true, data: { a: base64('1') } });
    const patched = await patch('fixed', { data: { b: base64('2') } });
    expect(patched.status).toBe(422);
    expect(patched.body['message']).toBe(
      'Secret "fixed" is invalid: data: Forbidden: field is immutable when `immutable` is set',
    );
    const freed = await patch('fixed', { immutable: false });
    expect(freed.body['message']).toBe(
      'Secret "fixed" is invalid: immutable: Forbidden: field is immutable when `immutable` is set',
    );
  });

  run('a deletion with a body heeds no option of its query', async () => {
    await create('rehearsed', { data: { a: base64('1') } });
    const options = { apiVersion: 'v1', kind: 'DeleteOptions' };
    const remove = (query: string, body?: object) => world.send('DELETE', `secrets/rehearsed${query}`, body);
    expect((await remove('?dryRun=All')).status).toBe(200);
    expect((await remove('', { ...options, dryRun: ['All'] })).status).toBe(200);
    expect((await world.send('GET', 'secrets/rehearsed')).status).toBe(200);
    expect((await remove('?dryRun=All', options)).status).toBe(200);
    expect((await world.send('GET', 'secrets/rehearsed')).status).toBe(404);
  });

  run('a key outside [-._a-zA-Z0-9]+ gets 422, in a new Secret and in a patch', async () => {
    const created = await create('bad-key', { data: { 'a b': base64('1') } });
    expect(created.status).toBe(422);
    expect(created.body['message']).toMatch(
      /^Secret "bad-key" is invalid: data\[a b\]: Invalid value: "a b": a valid config key must consist of/,
    );
    await create('bad-key', { data: {} });
    const patched = await patch('bad-key', { data: { 'a/b': base64('1') } });
    expect([patched.status, patched.body['reason']]).toEqual([422, 'Invalid']);
  });

  run('data of 1,048,576 bytes is taken and one byte more gets 422', async () => {
    const largest = 'x'.repeat(1_048_576);
    const created = await create('large', { data: { a: base64(largest) } });
    expect(created.status).toBe(201);
    const patched = await patch('large', { data: { b: base64('x') } });
    expect(patched.status).toBe(422);
    expect(patched.body['message']).toBe(
      'Secret "large" is invalid: data: Too long: may not be more than 1048576 bytes',
    );
  });

  run(
    'data that is not base64 gets 400 in a new Secret, and in a patch 422 with a message that repeats the object',
    async () => {
      const created = await create('garbled', { data: { a: '%%%' } });
      expect(created.status).toBe(400);
      expect(created.body['message']).toMatch('illegal base64 data at input byte 0');
      await create('garbled', { data: { a: base64('1') } });
      const patched = await patch('garbled', { data: { b: '%%%' } });
      expect(patched.status).toBe(422);
      expect(patched.body['message']).toContain(base64('1'));
    },
  );

  run('the type of a Secret cannot be changed', async () => {
    await create('typed', { data: {} });
    const patched = await patch('typed', { type: 'other' });
    expect(patched.body['message']).toBe('Secret "typed" is invalid: type: Invalid value: "other": field is immutable');
  });

  run('what exists already gets 409, what is not there 404', async () => {
    await create('once', { data: {} });
    const again = await create('once', { data: {} });
    expect([again.status, again.body['reason'], again.body['message']]).toEqual([
      409,
      'AlreadyExists',
      'secrets "once" already exists',
    ]);
    const absent = await patch('absent', { data: {} });
    expect([absent.status, absent.body['message']]).toEqual([404, 'secrets "absent" not found']);
    const nowhere = await world.send('POST', '/api/v1/namespaces/c2l-nowhere/secrets', { metadata: { name: 'a' } });
    expect([nowhere.status, nowhere.body['message']]).toEqual([404, 'namespaces "c2l-nowhere" not found']);
  });

  run('a dry run answers as if and stores nothing', async () => {
    const created = await create('rehearsed', { data: {} }, '?dryRun=All');
    expect(created.status).toBe(201);
    expect((await read('rehearsed')).status).toBe(404);
    await create('rehearsed', { data: {} });
    const patched = await patch('rehearsed', { data: { a: base64('1') } }, '?dryRun=All');
    expect(patched.body['data']).toEqual({ a: base64('1') });
    expect((await read('rehearsed')).body['data']).toBeUndefined();
  });

  run('managedFields tell who wrote a key last: a changed key moves, an unchanged one stays', async () => {
    await create('managed', { data: { a: base64('1'), b: base64('2') } }, '?fieldManager=first');
    const patched = await patch('managed', { data: { a: base64('3'), b: base64('2') } }, '?fieldManager=second');
    const entries = patched.body.metadata.managedFields ?? [];
    const keys = Object.fromEntries(
      entries.map(({ manager, fieldsV1 }) => [manager, Object.keys(fieldsV1['f:data'] ?? {}).sort()]),
    );
    expect(keys).toEqual({ first: ['.', 'f:b'], second: ['f:a'] });
    expect(entries.map(({ operation }) => operation)).toEqual(['Update', 'Update']);
  });

  run('without a fieldManager the name of the client is taken from its User-Agent', async () => {
    const created = await create('by-agent', { data: {}, stringData: { a: '1' } });
    expect(created.body.metadata.managedFields?.map(({ manager }) => manager)).toEqual(['contract']);
  });

  run('a deletion with another uid gets 409 and deletes nothing', async () => {
    await create('kept', { data: {} });
    const refused = await world.send('DELETE', 'secrets/kept', { preconditions: { uid: 'other' } });
    expect(refused.status).toBe(409);
    expect(refused.body['message']).toMatch('the UID in the precondition (other) does not match the UID in record');
    expect((await read('kept')).status).toBe(200);
    const deleted = await world.send('DELETE', 'secrets/kept');
    expect([deleted.status, deleted.body['status']]).toEqual([200, 'Success']);
  });

  run('a list comes in pages of the asked size', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) {
      await create(name, { metadata: { name, labels: { page: 'yes' } } });
    }
    const query = 'secrets?labelSelector=page%3Dyes&limit=2';
    const first = await world.send('GET', query);
    const token = String((first.body.metadata as { continue?: string }).continue);
    const second = await world.send('GET', `${query}&continue=${encodeURIComponent(token)}`);
    const names = [first, second].map(({ body }) =>
      (body['items'] as { metadata: { name: string } }[]).map((item) => item.metadata.name),
    );
    expect(names).toEqual([['page-a', 'page-b'], ['page-c']]);
    expect((second.body.metadata as { continue?: string }).continue).toBeUndefined();
  });

  run('a watch goes on from a resourceVersion and ends after timeoutSeconds', async () => {
    const created = await create('watched', { data: {} });
    await patch('watched', { data: { a: base64('1') } });
    await world.send('DELETE', 'secrets/watched');
    const since = created.body.metadata.resourceVersion;
    const { text } = await world.send(
      'GET',
      `secrets?watch=1&fieldSelector=metadata.name%3Dwatched&timeoutSeconds=1&resourceVersion=${since}`,
    );
    const events = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(events.map(({ type }) => type)).toEqual(['MODIFIED', 'DELETED']);
  });

  run('a resource that the API has not got, and a field it cannot select by, are refused', async () => {
    const unknown = await world.send('GET', 'foos');
    expect(unknown.status).toBe(404);
    const selected = await world.send('GET', 'secrets?fieldSelector=foo%3Dbar');
    expect([selected.status, selected.body['message']]).toEqual([400, 'field label not supported: foo']);
  });

  run('a SelfSubjectAccessReview says what one may do', async () => {
    const { status, body } = await world.send('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      spec: { resourceAttributes: { verb: 'patch', resource: 'secrets', namespace: world.namespace } },
    });
    expect([status, body['status']]).toEqual([201, expect.objectContaining({ allowed: true })]);
  });
});
