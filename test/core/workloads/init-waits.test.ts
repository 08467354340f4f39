import { expect, test } from '@jest/globals';
import { namedServices, waitedForHosts } from '../../../src/core/workloads/init-waits.ts';
import { container } from '../../support/builders.ts';

const env = [
  { name: 'DB_HOST', value: 'db' },
  { name: 'PORT', value: '5432' },
  { name: 'LATER', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
];

test.each<[string, readonly string[]]>([
  ['sleep 60', []],
  ['pg_isready -h db -p 5432', ['shop/db']],
  ['pg_isready -hdb', ['shop/db']],
  ['pg_isready -h=db', ['shop/db']],
  ['pg_isready -h "db"', ['shop/db']],
  ['mysqladmin --host db', ['shop/db']],
  ['mysqladmin --hostname=db ping', ['shop/db']],
  ['nc -z db 5432', ['shop/db']],
  ['ncat -w 5 -z db 5432', ['shop/db']],
  ['/bin/nc -vz db 5432', ['shop/db']],
  ['sync -z db 5432', []],
  ['wait-for db:5432', ['shop/db']],
  ['wait-for=db:5432', ['shop/db']],
  ['date 12:30.5', []],
  ['curl http://api/health', ['shop/api']],
  ['psql postgres://user:word@db/app', ['shop/db']],
  ['echo > /dev/tcp/db/5432', ['shop/db']],
  ['nslookup db', ['shop/db']],
  ['getent hosts db', ['shop/db']],
  ['getent ahosts db', ['shop/db']],
  ['getent passwd db', []],
  ['ping db.data.svc', ['data/db']],
  ['ping db.data.svc.cluster.local', ['data/db']],
  ['ping db-0.db.data.svc.cluster.local', ['data/db']],
  ['ping db.svc', ['svc/db']],
  ['nc -z db.data 5432', ['data/db']],
  ['nc -z db.data.example 5432', []],
  ['nc -z db 5432 && nc -z cache 6379', ['shop/db', 'shop/cache']],
  ['nc -z db 5432 && nc -z db 5432', ['shop/db']],
  ['nc -z $DB_HOST $PORT', ['shop/db']],
  ['nc -z ${DB_HOST} ${PORT}', ['shop/db']],
  ['nc -z ${DB_HOST:-localhost} 5432', ['shop/db']],
  ['nc -z $(DB_HOST) $(PORT)', ['shop/db']],
  ['nc -z ${LATER} 5432', []],
  ['nc -z $UNKNOWN 5432', []],
])('an init container that runs `%s` waits for %j', (command, expected) => {
  const initContainers = [container('wait', { command: ['sh', '-c'], args: [command], env })];
  const found = waitedForHosts(
    { initContainers, containers: [container('c', { command: ['nc', '-z', 'other', '1'] })] },
    'shop',
  );

  expect(found.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual(expected);
});

test('a sidecar waits for nothing, nor does a pod without init containers', () => {
  const sidecar = container('proxy', { command: ['nc', '-z', 'db', '5432'], restartPolicy: 'Always' });

  expect(waitedForHosts({ initContainers: [sidecar], containers: [] }, 'shop')).toEqual([]);
  expect(waitedForHosts({ containers: [] }, 'shop')).toEqual([]);
  expect(waitedForHosts({ initContainers: [container('bare')], containers: [] }, 'shop')).toEqual([]);
});

test.each<[text: string, isHost: boolean, readonly string[]]>([
  ['db', true, ['shop/db']],
  ['db', false, []],
  ['db.data.svc', true, ['data/db']],
  ['http://db:80', false, ['shop/db']],
  ['two words', true, []],
  ['-db', true, []],
  ['db_', true, []],
  ['DB', true, []],
])('of the text %j, a host as a whole: %j', (text, isHost, expected) => {
  const found = namedServices(text, 'shop', isHost);

  expect(found.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual(expected);
});
