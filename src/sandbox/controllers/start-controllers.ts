import type { Controller, ControlPlane } from './control-plane.ts';
import { daemonSetController } from './daemonset-controller.ts';
import { deploymentController } from './deployment-controller.ts';
import { endpointsController } from './endpoints-controller.ts';
import { externalSecretsController } from './external-secrets.ts';
import { garbageCollector } from './garbage-collector.ts';
import { jobController } from './job-controller.ts';
import { namespaceController } from './namespace-controller.ts';
import { replicaSetController } from './replicaset-controller.ts';
import { scheduler } from './scheduler.ts';
import { sealedSecretsController } from './sealed-secrets.ts';
import { secretStoreController } from './secret-stores.ts';
import { statefulSetController } from './statefulset-controller.ts';
import { volumeClaimBinder } from './volume-claims.ts';

/** Starts what runs on a cluster's control plane, and whatever else is to see every change. */
export function startControllers(plane: ControlPlane, others: readonly Controller[] = []): void {
  const controllers = [
    namespaceController(plane),
    volumeClaimBinder(plane),
    deploymentController(plane),
    replicaSetController(plane),
    statefulSetController(plane),
    daemonSetController(plane),
    jobController(plane),
    endpointsController(plane),
    garbageCollector(plane),
    scheduler(plane),
    secretStoreController(plane),
    externalSecretsController(plane),
    sealedSecretsController(plane),
    ...others,
  ];
  plane.store.subscribe((event) => {
    for (const controller of controllers) {
      controller.observe(event);
    }
  });
}
