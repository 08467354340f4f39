import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';

export interface PartingProxy {
  /** Of the cluster behind it, by the same user. */
  readonly kubeconfig: string;
  /** How many connections were broken off or refused since the way was cut. */
  readonly parted: () => number;
  /** From now on nothing comes through, and what was under way is broken off. */
  cut(): void;
  mend(): void;
  close(): void;
}

/** Stands between a program and its API server, and lets it be gone for a while: the server itself knows nothing of it. */
export async function partingProxy(kubeconfig: string): Promise<PartingProxy> {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error('the kubeconfig names no cluster');
  const { hostname, port, protocol } = new URL(cluster.server);
  const open = new Set<Socket>();
  let isCut = false;
  let parted = 0;
  const server = createServer((incoming) => {
    if (isCut) {
      parted += 1;
      incoming.destroy();
      return;
    }
    const onward = connect(Number(port), hostname);
    incoming.pipe(onward).pipe(incoming);
    for (const [own, other] of [
      [incoming, onward],
      [onward, incoming],
    ] as const) {
      open.add(own);
      own.on('error', () => other.destroy());
      own.on('close', () => {
        open.delete(own);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = `${protocol}//127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const end = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    kubeconfig: kubeconfig.replaceAll(cluster.server, own),
    parted: () => parted,
    cut: () => {
      isCut = true;
      parted += open.size / 2;
      end();
    },
    mend: () => {
      isCut = false;
    },
    close: () => {
      end();
      server.close();
    },
  };
}
