import type { Service } from '../cluster/kubernetes.ts';
import type { SealedSecret } from '../cluster/secret-writer-objects.ts';
import { sealScope } from './seal-scope.ts';

/** Services of the Sealed Secrets controller: as kubeseal takes it, and as its charts call it. */
const usualService = 'sealed-secrets-controller';
export const controllerServices: readonly string[] = [usualService, 'sealed-secrets'];
export const controllerPort = 8080;

/** Where kubeseal looks for it. */
export const controllerNamespace = 'kube-system';

export const controllerNamespaces: readonly string[] = [controllerNamespace, 'sealed-secrets'];

/** As NAMESPACE/SERVICE, wherever it is usually installed. */
export const usualControllers: readonly string[] = controllerNamespaces.flatMap((namespace) =>
  controllerServices.map((service) => `${namespace}/${service}`),
);

/** The controller's Service, as NAMESPACE/SERVICE, among those that were seen: by its usual names, else by its chart's label. */
export function controllerAmong(services: readonly Service[]): string | undefined {
  const places = (is: (service: Service) => boolean): string[] =>
    services.filter(is).map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
  const named = places(({ metadata }) => controllerServices.includes(metadata.name));
  const labelled = places(
    ({ metadata, spec }) =>
      metadata.labels?.['app.kubernetes.io/name'] === 'sealed-secrets' &&
      spec?.ports?.some(({ port }) => port === controllerPort) === true,
  );
  return usualControllers.find((place) => named.includes(place)) ?? named.sort()[0] ?? labelled.sort()[0];
}

/** What kubeseal has to be told beside its defaults to seal for a SealedSecret: the controller, and the scope of the rest. */
export function kubesealFlags(sealed: SealedSecret | undefined, controller: string | undefined): readonly string[] {
  const [namespace = controllerNamespace, service = usualService] = controller?.split('/') ?? [];
  const scope = sealed === undefined ? 'strict' : sealScope(sealed);
  return [
    ...(namespace === controllerNamespace ? [] : [`--controller-namespace ${namespace}`]),
    ...(service === usualService ? [] : [`--controller-name ${service}`]),
    ...(scope === 'strict' ? [] : [`--scope ${scope}`]),
  ];
}
