import { startApiServer } from '../../../src/sandbox/api/api-server.ts';
import { VirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';
import { ObjectStore } from '../../../src/sandbox/store/object-store.ts';
import type { NewObject } from '../../../src/sandbox/store/stored-object.ts';
import { generatedCluster } from './generated-cluster.ts';
import { asServed } from './served-object.ts';

/** A program of its own: serves a generated cluster by the sandbox's API, prints its URL, and ends with its input. */
const clock = new VirtualClock(new Date(), 1);
const store = new ObjectStore(clock);
const cluster = generatedCluster(Number(process.argv[2]));
const create = (resource: string, objects: readonly NewObject[]): void => {
  for (const object of objects) store.create(resource, asServed(object));
};
create('namespaces', cluster.namespaces);
create('secrets', cluster.secrets);
create('deployments', cluster.deployments);
create('pods', cluster.pods);

const notHere = (): never => {
  throw new Error('no program runs in a generated pod');
};
const server = await startApiServer({ store, clock, programs: { httpGet: notHere, exec: notHere, log: notHere } });
process.stdout.write(`${server.url}\n`);
process.stdin.resume();
process.stdin.on('end', () => process.exit());
