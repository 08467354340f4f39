import type { Runbook } from '../../core/runbook/runbook.ts';
import type { Deps } from '../../ports.ts';
import { childPlaceEnv } from './child-place.ts';

/** What of the global flags says where a runbook runs. */
export interface PlaceFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: readonly string[];
  readonly config?: string;
  readonly stack?: string;
  readonly sandbox?: boolean;
  readonly speed: number;
  readonly requestTimeout: number;
}

/** The cluster that every command of one run works on, whatever the kubeconfig's current context becomes meanwhile. */
export interface RunbookPlace {
  readonly context: string;
  readonly server: string;
  /** The context as a part of a file's name. */
  readonly slug: string;
  readonly env: Readonly<Record<string, string>>;
  /** Values that the place decides. */
  readonly values: Readonly<Record<string, string>>;
  readonly isSandbox: boolean;
  close(): Promise<void>;
}

export async function openRunbookPlace(runbook: Runbook, flags: PlaceFlags, deps: Deps): Promise<RunbookPlace> {
  const { sandbox, speed, requestTimeout: requestTimeoutMs, namespace, config, stack } = flags;
  const started = sandbox === true ? await deps.startSandbox({ scenario: runbook.scenario, speed }) : undefined;
  const kubeconfig = started?.kubeconfigPath ?? flags.kubeconfig;
  try {
    const connection = await deps.connect({ kubeconfig, context: flags.context, requestTimeoutMs });
    const { context, server } = connection.cluster;
    await connection.close();
    return {
      context,
      server,
      slug: context.replaceAll(/[^\w.-]+/g, '_'),
      env: {
        ...childPlaceEnv({ context, namespaces: namespace, config, stack }),
        ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }),
      },
      values: {
        CONTEXT: context,
        ...(namespace?.[0] === undefined ? {} : { NAMESPACE: namespace[0] }),
        ...(started === undefined ? {} : { SOURCE: `env:${started.envBackupPath}`, MANIFESTS: started.manifestsPath }),
      },
      isSandbox: started !== undefined,
      close: async () => started?.close(),
    };
  } catch (error) {
    await started?.close();
    throw error;
  }
}
