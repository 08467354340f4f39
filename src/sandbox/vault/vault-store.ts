import { randomBytes } from 'node:crypto';

/** One secret that the vault starts with; a text is one that is enabled and never expires. */
export type VaultSecret =
  | string
  | {
      readonly value: string;
      readonly enabled?: boolean;
      readonly expires?: Date;
      readonly notBefore?: Date;
      readonly contentType?: string;
      /** Deleted, and recoverable for as long as the vault runs. */
      readonly deleted?: boolean;
    };

/** What a version has beside its value. */
export type VersionFields = Omit<Exclude<VaultSecret, string>, 'value' | 'deleted'>;

export interface VaultVersion {
  readonly version: string;
  readonly value: string;
  readonly contentType?: string;
  readonly attributes: {
    readonly enabled: boolean;
    readonly created: number;
    readonly exp?: number;
    readonly nbf?: number;
  };
}

/** The secrets with all their versions, newest last. Names are the same in upper and lower case. */
export class VaultStore {
  readonly #live = new Map<string, VaultVersion[]>();
  readonly #deleted = new Map<string, VaultVersion[]>();
  /** Names that are on their way into the bin or out of it. */
  readonly #moving = new Map<string, { readonly to: 'bin' | 'live'; readonly until: number }>();
  #settleMs = 0;

  constructor(secrets: Readonly<Record<string, VaultSecret>>, settleMs = 0) {
    for (const [name, secret] of Object.entries(secrets)) {
      const { value, deleted, ...fields } = typeof secret === 'string' ? { value: secret, deleted: false } : secret;
      this.set(name, value, fields);
      if (deleted === true) this.delete(name);
    }
    // What it starts with has settled long ago.
    this.#settleMs = settleMs;
  }

  /** The versions of a secret; undefined where there is none, or only a deleted one. */
  versions(name: string): readonly VaultVersion[] | undefined {
    return this.movingTo(name) === undefined ? this.#live.get(name.toLowerCase()) : undefined;
  }

  deletedVersions(name: string): readonly VaultVersion[] | undefined {
    return this.movingTo(name) === undefined ? this.#deleted.get(name.toLowerCase()) : undefined;
  }

  /** Where a name is on its way to; undefined where it has arrived. */
  movingTo(name: string): 'bin' | 'live' | undefined {
    const move = this.#moving.get(name.toLowerCase());
    return move !== undefined && move.until > Date.now() ? move.to : undefined;
  }

  names(): string[] {
    return [...this.#live.keys()].filter((name) => this.movingTo(name) === undefined).sort();
  }

  deletedNames(): string[] {
    return [...this.#deleted.keys()].filter((name) => this.movingTo(name) === undefined).sort();
  }

  /** Changes the attributes of one version; undefined where there is none. */
  update(name: string, version: string, fields: VersionFields): VaultVersion | undefined {
    const key = name.toLowerCase();
    const before = this.versions(name)?.find((each) => each.version === version);
    if (before === undefined) return undefined;
    const { contentType, ...attributes } = fieldsOf(fields);
    const after: VaultVersion = {
      ...before,
      ...(contentType === undefined ? {} : { contentType }),
      attributes: { ...before.attributes, ...attributes },
    };
    this.#live.set(
      key,
      (this.#live.get(key) ?? []).map((each) => (each === before ? after : each)),
    );
    return after;
  }

  set(name: string, value: string, fields: VersionFields = {}): VaultVersion {
    const { contentType, ...attributes } = fieldsOf(fields);
    const version: VaultVersion = {
      version: randomBytes(16).toString('hex'),
      value,
      ...(contentType === undefined ? {} : { contentType }),
      attributes: { enabled: true, created: seconds(new Date()), ...attributes },
    };
    const key = name.toLowerCase();
    this.#live.set(key, [...(this.#live.get(key) ?? []), version]);
    return version;
  }

  delete(name: string): boolean {
    return move(name, this.#live, this.#deleted) && this.#settle(name, 'bin');
  }

  recover(name: string): boolean {
    return move(name, this.#deleted, this.#live) && this.#settle(name, 'live');
  }

  #settle(name: string, to: 'bin' | 'live'): true {
    this.#moving.set(name.toLowerCase(), { to, until: Date.now() + this.#settleMs });
    return true;
  }

  purge(name: string): boolean {
    return this.#deleted.delete(name.toLowerCase());
  }
}

function move(name: string, from: Map<string, VaultVersion[]>, to: Map<string, VaultVersion[]>): boolean {
  const key = name.toLowerCase();
  const versions = from.get(key);
  if (versions === undefined) return false;
  from.delete(key);
  to.set(key, versions);
  return true;
}

function fieldsOf({
  enabled,
  expires,
  notBefore,
  contentType,
}: VersionFields): Partial<VaultVersion['attributes']> & Pick<VaultVersion, 'contentType'> {
  return {
    ...(contentType === undefined ? {} : { contentType }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(expires === undefined ? {} : { exp: seconds(expires) }),
    ...(notBefore === undefined ? {} : { nbf: seconds(notBefore) }),
  };
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
