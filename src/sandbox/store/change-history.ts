import { ApiProblem, badRequest } from '../api/api-problem.ts';
import type { StoreEvent } from './stored-object.ts';

const limit = 4096;

/** The recent changes of a store, for watches that go on from a resourceVersion. */
export class ChangeHistory {
  #events: StoreEvent[] = [];
  /** Changes up to this version are no longer known. */
  #forgottenUpTo: number;

  constructor(version: number) {
    this.#forgottenUpTo = version;
  }

  add(event: StoreEvent): void {
    this.#events.push(event);
    if (this.#events.length > limit) {
      this.forgetUpTo(versionOf(this.#events[limit / 4]));
    }
  }

  since(resource: string, resourceVersion: string): StoreEvent[] {
    this.assertRemembered(resourceVersion);
    return this.#events.filter((event) => event.resource === resource && versionOf(event) > Number(resourceVersion));
  }

  assertRemembered(resourceVersion: string): void {
    const since = Number(resourceVersion);
    if (!Number.isInteger(since) || since < 0) {
      throw badRequest(`resourceVersion: Invalid value: "${resourceVersion}"`);
    }
    if (since < this.#forgottenUpTo) {
      throw new ApiProblem(410, 'Expired', `too old resource version: ${resourceVersion} (${this.#forgottenUpTo})`);
    }
  }

  forgetUpTo(version: number): void {
    this.#events = this.#events.filter((event) => versionOf(event) > version);
    this.#forgottenUpTo = version;
  }
}

function versionOf(event: StoreEvent | undefined): number {
  return Number(event?.object.metadata.resourceVersion);
}
