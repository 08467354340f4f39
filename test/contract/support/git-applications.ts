import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { KubeObject, World } from './worlds.ts';

const applications = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';

/** What an Application with automated sync is set to. */
export const automated = { prune: true, selfHeal: true };

const author = ['-c', 'user.name=t', '-c', 'user.email=t@example.test'];

interface Syncing {
  readonly operation?: object;
  readonly status?: { readonly operationState?: { readonly phase?: string } };
}

type Where = Pick<World, 'send' | 'eventually'>;

/** Applications of Argo CD over a Git repository on this machine. */
export class GitApplications {
  readonly folder = mkdtempSync(join(tmpdir(), 'c2l-argocd-'));
  readonly #world: Where;
  #made: string[] = [];

  constructor(world: Where) {
    this.#world = world;
    mkdirSync(join(this.folder, 'repository'));
    this.#git('init', '--quiet', '--initial-branch=main');
  }

  /** Null takes a file away. Returns the name of the commit. */
  commit(files: Readonly<Record<string, object | null>>): string {
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.folder, 'repository', path);
      if (content === null) {
        rmSync(file);
        continue;
      }
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, JSON.stringify(content));
    }
    this.#git('add', '--all');
    this.#git(...author, 'commit', '--quiet', '--message=change');
    return this.#git('rev-parse', 'HEAD').trim();
  }

  revert(commit: string): void {
    this.#git(...author, 'revert', '--no-edit', commit);
  }

  manifest(name: string, path: string, namespace: string) {
    return {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name, namespace: 'argocd' },
      spec: {
        project: 'default',
        source: { repoURL: pathToFileURL(join(this.folder, 'repository')).href, path, targetRevision: 'main' },
        destination: { server: 'https://kubernetes.default.svc', namespace },
        syncPolicy: { automated },
      },
    };
  }

  async create(application: ReturnType<GitApplications['manifest']>): Promise<void> {
    const { name } = application.metadata;
    this.willBeMade(name);
    const { status, text } = await this.#world.send('POST', applications, application);
    if (status !== 201) throw new Error(`application ${name} could not be created: ${text}`);
  }

  /** By another Application, for one: it goes with the others. */
  willBeMade(name: string): void {
    this.#made.push(name);
  }

  async read(name: string): Promise<KubeObject> {
    return (await this.#world.send('GET', `${applications}/${name}`)).body;
  }

  async remove(): Promise<void> {
    const world = this.#world;
    // A sync that is under way would bring a child again after both were deleted.
    for (const name of this.#made) {
      const path = `${applications}/${name}`;
      await world.send('PATCH', path, { spec: { syncPolicy: null } }, 'application/merge-patch+json');
      await world.eventually(`${name} syncs no more`, async () => {
        const { operation, status } = (await this.read(name)) as Syncing;
        return operation === undefined && status?.operationState?.phase !== 'Running' ? true : undefined;
      });
    }
    for (const name of this.#made) {
      await world.eventually(`${name} is gone`, async () => {
        await world.send('DELETE', `${applications}/${name}`);
        const { status } = await world.send('GET', `${applications}/${name}`);
        return status === 404 ? true : undefined;
      });
    }
    this.#made = [];
  }

  async close(): Promise<void> {
    await this.remove();
    rmSync(this.folder, { recursive: true });
  }

  #git(...words: string[]): string {
    const place = join(this.folder, 'repository');
    return execFileSync('git', ['-C', place, ...words], { encoding: 'utf8', stdio: 'pipe' });
  }
}
