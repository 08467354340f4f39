import type { ObjectRef } from '../cluster/kubernetes.ts';
import { findingCodes, type Finding, type FindingCode, type FindingReference, type Severity } from './findings.ts';

interface Parts extends Pick<Finding, 'object' | 'message' | 'fix'> {
  readonly severity?: Severity;
  readonly secret?: string;
  readonly key?: string;
  readonly keys?: readonly string[];
  readonly similarKey?: string;
  readonly references?: readonly FindingReference[];
  readonly causes?: readonly string[];
  readonly blocks?: readonly ObjectRef[];
}

/** Gives a finding its id and the usual severity of its code. */
export function newFinding(code: FindingCode, parts: Parts): Finding {
  return {
    id: findingId(code, parts),
    code,
    severity: findingCodes[code].severity,
    causes: [],
    blocks: [],
    ...parts,
  };
}

/** A Secret is told apart by its name and key, everything else by kind and name. */
function findingId(code: FindingCode, { object, secret, key }: Parts): string {
  const what = secret === undefined ? [object.kind.toLowerCase(), object.name] : [secret];
  return [code, object.namespace, ...what, key ?? ''].filter((part) => part !== '').join('/');
}
