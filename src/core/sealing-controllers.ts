/** Services of the Sealed Secrets controller: as kubeseal takes it, and as its charts call it. */
export const controllerServices: readonly string[] = ['sealed-secrets-controller', 'sealed-secrets'];
export const controllerPort = 8080;

/** Where kubeseal looks for it. */
export const controllerNamespace = 'kube-system';

/** As NAMESPACE/SERVICE, wherever it is usually installed. */
export const usualControllers: readonly string[] = [controllerNamespace, 'sealed-secrets'].flatMap((namespace) =>
  controllerServices.map((service) => `${namespace}/${service}`),
);
