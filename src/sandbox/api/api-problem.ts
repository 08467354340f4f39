export interface ProblemDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly causes?: readonly { readonly reason: string; readonly message: string; readonly field?: string }[];
  readonly retryAfterSeconds?: number;
}

/** The `Status` object with which the API answers what it refuses. */
export interface StatusObject {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Record<string, never>;
  readonly status: 'Failure';
  readonly message: string;
  readonly reason: string;
  readonly details?: ProblemDetails;
  readonly code: number;
}

/** A refusal of the API: thrown anywhere below the server, which sends it as a Status object. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly code: number;
  readonly reason: string;
  readonly details: ProblemDetails | undefined;

  constructor(code: number, reason: string, message: string, details?: ProblemDetails) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  toStatus(): StatusObject {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(this.details && { details: this.details }),
      code: this.code,
    };
  }
}

/** `secrets "x" not found`; with a group the resource is the qualified name: `deployments.apps "x" not found`. */
export function notFound(resource: string, name: string, type?: { group: string; name: string }): ApiProblem {
  return new ApiProblem(404, 'NotFound', `${resource} "${name}" not found`, {
    name,
    ...(type && type.group !== '' && { group: type.group }),
    kind: type?.name ?? resource,
  });
}

export function alreadyExists(resource: string, name: string): ApiProblem {
  return new ApiProblem(409, 'AlreadyExists', `${resource} "${name}" already exists`, { name, kind: resource });
}

export function conflict(resource: string, name: string, why: string): ApiProblem {
  return new ApiProblem(409, 'Conflict', `Operation cannot be fulfilled on ${resource} "${name}": ${why}`, {
    name,
    kind: resource,
  });
}

export function badRequest(message: string): ApiProblem {
  return new ApiProblem(400, 'BadRequest', message);
}
