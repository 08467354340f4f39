export interface StoredOwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ManagedFieldsEntry {
  manager: string;
  operation: 'Update' | 'Apply';
  apiVersion: string;
  time: string;
  fieldsType: 'FieldsV1';
  fieldsV1: Record<string, unknown>;
  subresource?: string;
}

export interface StoredMeta {
  name: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  generateName?: string;
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: StoredOwnerReference[];
  managedFields?: ManagedFieldsEntry[];
  finalizers?: string[];
}

export interface StoredObject {
  apiVersion: string;
  kind: string;
  metadata: StoredMeta;
  [field: string]: unknown;
}

/** An object before it is stored: the store fills in uid, resourceVersion, generation and creationTimestamp. */
export interface NewObject {
  apiVersion: string;
  kind: string;
  metadata: Partial<StoredMeta>;
  [field: string]: unknown;
}

export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** The plural name of the API: `pods`. */
  readonly resource: string;
  readonly object: StoredObject;
  /** The object as it was before; absent for ADDED. */
  readonly previous?: StoredObject;
}
