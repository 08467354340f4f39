import { stringify } from 'yaml';
import type { Programs } from './api/api-programs.ts';
import { startApiServer } from './api/api-server.ts';
import type { ApiServer, ApiServerOptions } from './api/api-server.ts';
import { applicationHealth } from './argocd/argocd-health.ts';
import { applicationSelfHeal } from './argocd/argocd-self-heal.ts';
import { applicationSync } from './argocd/argocd-sync.ts';
import type { SandboxClock } from './clock/sandbox-clock.ts';
import { VirtualClock } from './clock/virtual-clock.ts';
import type { ControlPlane } from './controllers/control-plane.ts';
import { EventRecorder } from './controllers/event-recorder.ts';
import { startControllers } from './controllers/start-controllers.ts';
import { Kubelet } from './kubelet/kubelet.ts';
import { envBackup, freshSecretValues, registryCredentials } from './scenario/scenario-values.ts';
import type { SecretValues } from './scenario/scenario-values.ts';
import { asScenario, historyMs, playScenario } from './scenario/scenario.ts';
import { ObjectStore } from './store/object-store.ts';
import { createVaultCertificates, type VaultCertificates } from './vault/vault-certificates.ts';
import { startVault } from './vault/vault.ts';
import type { Vault } from './vault/vault.ts';

export interface StartOptions extends Pick<ApiServerOptions, 'onRequest' | 'intercept'> {
  readonly scenario: string;
  /** How many times as fast as the wall's the cluster's time runs. */
  readonly speed: number;
}

export interface Sandbox {
  readonly url: string;
  /** YAML text; its one context is `c2l-sandbox`. */
  readonly kubeconfig: string;
  readonly vault: Vault;
  /** A `.env` backup with every value of the stack's Secret. */
  readonly envBackupText: string;
  /** The objects behind the API. */
  readonly store: ObjectStore;
  /** The cluster's time. */
  readonly clock: SandboxClock;
  /** What runs in the pods, for whom no Service leads to. */
  readonly programs: Programs;
  /** Takes a right away until the result is called. */
  readonly deny: ApiServer['deny'];
  /** Leaves nothing but what roles allow until the result is called. */
  readonly allowOnly: ApiServer['allowOnly'];
  close(): Promise<void>;
}

/** In the vault everything but one value, so that it takes two sources to have them all. */
const notInVault = 'admin-password';

/** Of all sandboxes of this process: it takes as long to make as ten minutes of history. */
let vaultCertificates: Promise<VaultCertificates> | undefined;

/** Starts a cluster in this process, in the state of a scenario, with the sources that can repair it. */
export async function startSandbox({ scenario, speed, ...hooks }: StartOptions): Promise<Sandbox> {
  const played = asScenario(scenario);
  const clock = new VirtualClock(new Date(Date.now() - historyMs), speed);
  const store = new ObjectStore(clock);
  const values = freshSecretValues();
  const pullCredentials = registryCredentials();
  const certificates = await (vaultCertificates ??= createVaultCertificates(new Date()));
  const vault = await startVault({ secrets: vaultSecrets(values, pullCredentials), certificates });
  const plane: ControlPlane = { store, clock, events: new EventRecorder(store, clock), vaults: [vault] };
  const kubelet = new Kubelet(plane);
  startControllers(plane, [kubelet, applicationHealth(plane), applicationSync(plane), applicationSelfHeal(plane)]);
  playScenario(played, {
    plane,
    kubelet,
    values,
    pullCredentials,
    advance: (ms) => {
      clock.advance(ms);
    },
  });
  const server = await startApiServer({ store, clock, programs: kubelet.programs, ...hooks });
  clock.start();
  return {
    url: server.url,
    kubeconfig: kubeconfigFor(server.url),
    vault,
    envBackupText: envBackup(values, pullCredentials),
    store,
    clock,
    programs: kubelet.programs,
    deny: (rule) => server.deny(rule),
    allowOnly: (roles) => server.allowOnly(roles),
    close: async () => {
      clock.stop();
      await Promise.all([server.close(), vault.close()]);
    },
  };
}

function vaultSecrets(values: SecretValues, pullCredentials: string): Record<string, string> {
  const held = [...values].filter(([key]) => key !== notInVault);
  return Object.fromEntries([...held, ['regcred-dockerconfigjson', pullCredentials]]);
}

function kubeconfigFor(server: string): string {
  const name = 'c2l-sandbox';
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user: {} }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'cloudtolocalllm' } }],
  });
}
