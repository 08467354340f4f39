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

  constructor(secrets: Readonly<Record<string, VaultSecret>>) {
    for (const [name, secret] of Object.entries(secrets)) {
      const { value, deleted, ...fields } = typeof secret === 'string' ? { value: secret, deleted: false } : secret;
      this.set(name, value, fields);
      if (deleted === true) this.delete(name);
    }
  }

  /** The versions of a secret; undefined where there is none, or only a deleted one. */
  versions(name: string): readonly VaultVersion[] | undefined {
    return this.#live.get(name.toLowerCase());
  }

  deletedVersions(name: string): readonly VaultVersion[] | undefined {
    return this.#deleted.get(name.toLowerCase());
  }

  names(): string[] {
    return [...this.#live.keys()].sort();
  }

  set(name: string, value: string, fields: Omit<Exclude<VaultSecret, string>, 'value' | 'deleted'> = {}): VaultVersion {
    const { enabled = true, expires, notBefore, contentType } = fields;
    const version: VaultVersion = {
      version: randomBytes(16).toString('hex'),
      value,
      ...(contentType === undefined ? {} : { contentType }),
      attributes: {
        enabled,
        created: seconds(new Date()),
        ...(expires === undefined ? {} : { exp: seconds(expires) }),
        ...(notBefore === undefined ? {} : { nbf: seconds(notBefore) }),
      },
    };
    const key = name.toLowerCase();
    this.#live.set(key, [...(this.#live.get(key) ?? []), version]);
    return version;
  }

  delete(name: string): boolean {
    return move(name, this.#live, this.#deleted);
  }

  recover(name: string): boolean {
    return move(name, this.#deleted, this.#live);
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

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
