/** Who brings the kinds of an API group. */
interface Program {
  readonly name: string;
  /** What it does for the stack cannot be done later: without it nothing comes up. */
  readonly isNeeded: boolean;
  readonly install: string;
}

const programs: Readonly<Record<string, Program>> = {
  'external-secrets.io': {
    name: 'External Secrets',
    isNeeded: true,
    install: 'helm install external-secrets external-secrets/external-secrets -n external-secrets --create-namespace',
  },
  'bitnami.com': {
    name: 'Sealed Secrets',
    isNeeded: true,
    install: 'helm install sealed-secrets sealed-secrets/sealed-secrets -n kube-system',
  },
  'argoproj.io': {
    name: 'Argo CD',
    isNeeded: true,
    install: 'helm install argocd argo/argo-cd -n argocd --create-namespace',
  },
  'monitoring.coreos.com': {
    name: 'the Prometheus operator',
    isNeeded: false,
    install: 'helm install prometheus prometheus-community/kube-prometheus-stack -n monitoring --create-namespace',
  },
};

/** A kind that manifests use and the cluster does not know. */
export interface MissingKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Whether a stack comes up without it. A kind of nobody known may be anything. */
export function isNeeded({ apiVersion }: MissingKind): boolean {
  return programOf(apiVersion)?.isNeeded ?? true;
}

/** `ExternalSecret (external-secrets.io/v1) of External Secrets`. */
export function missingKindText({ apiVersion, kind }: MissingKind): string {
  const program = programOf(apiVersion);
  return `${kind} (${apiVersion})${program === undefined ? '' : ` of ${program.name}`}`;
}

/** The next command to type. */
export function installCommand({ apiVersion }: MissingKind): string {
  return programOf(apiVersion)?.install ?? `kubectl api-resources --api-group=${groupOf(apiVersion)}`;
}

function programOf(apiVersion: string): Program | undefined {
  return programs[groupOf(apiVersion)];
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.replace(/\/.*$/, '') : '';
}
