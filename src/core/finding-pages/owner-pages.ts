import type { FindingCode } from '../findings/findings.ts';
import type { FindingPage } from './finding-page.ts';

/** Pages of the codes that are about what else writes Secrets. */
export const ownerPages = {
  'external-secret-not-ready': {
    title: 'an ExternalSecret cannot write its Secret',
    meaning: [
      'External Secrets writes this Secret from a store, and says that it failed, or has not looked at all. What the Secret lacks is an effect of that, and stands beneath it. While it fails a patch by hand stays; it is undone as soon as the store works again.',
    ],
    inKubectl: [
      'The condition Ready says that it failed; which entry the store lacks stands only in an event.',
      {
        lines: ['kubectl -n NAMESPACE get externalsecret NAME', 'kubectl -n NAMESPACE describe externalsecret NAME'],
      },
    ],
    fixWithC2l: [
      'Where the store is an Azure Key Vault, c2l finds the missing entry in a backup, puts it there after a question, and has it synced. Every other store is to be repaired first; `c2l audit` then shows what is left.',
      { lines: ['c2l fix-secrets --from env:FILE'] },
    ],
    fixByHand: [
      'Then have it look again at once, instead of at its next interval:',
      { lines: ['kubectl -n NAMESPACE annotate externalsecret NAME force-sync="$(date +%s)" --overwrite'] },
    ],
    safeToIgnore: [
      'As a warning, for a while: the Secret still holds what was last written. A changed value does not arrive.',
    ],
  },
  'secret-store-not-ready': {
    title: 'a store of External Secrets is missing or cannot be used',
    meaning: [
      'ExternalSecrets name this SecretStore or ClusterSecretStore, and it does not exist, or its provider refuses it: wrong credentials, wrong address, a network that is closed. Every ExternalSecret that uses it fails sooner or later.',
      '`c2l validate` notes one that no manifest brings: the cluster may have it, which `--against-cluster` tells.',
    ],
    inKubectl: [{ lines: ['kubectl -n NAMESPACE get secretstores', 'kubectl -n NAMESPACE describe secretstore NAME'] }],
    fixWithC2l: ['c2l repairs no stores. It names the ExternalSecrets and the workloads that hang on it.'],
    fixByHand: [
      'Repair the credentials that it uses, or create it. ExternalSecrets retry by themselves within minutes, at once with `force-sync`.',
    ],
    safeToIgnore: ['As a warning, until a value has to change or a Secret is lost.'],
  },
  'sealed-secret-not-synced': {
    title: 'a SealedSecret cannot write its Secret',
    meaning: [
      'Sealed Secrets could not unseal it, or found a Secret of that name that it does not own and leaves alone. After the loss of the sealing key nothing can be unsealed until the key is restored.',
    ],
    inKubectl: [{ lines: ['kubectl -n NAMESPACE describe sealedsecret NAME'] }],
    fixWithC2l: [
      'c2l does not unseal. With `kubeseal` on PATH it seals anew what the Secret lacks, and prints the SealedSecret to commit.',
      { lines: ['c2l fix-secrets --from env:FILE'] },
    ],
    fixByHand: [
      'Sealed for another cluster, namespace or name: seal it again with `kubeseal`. An unowned Secret stands in the way: mark it, then change the SealedSecret, for the mark counts only with the next change of its spec:',
      { lines: ['kubectl -n NAMESPACE annotate secret NAME sealedsecrets.bitnami.com/managed=true'] },
    ],
    safeToIgnore: ['As a warning, while the Secret that is there holds what is needed.'],
  },
  'secret-owners-conflict': {
    title: 'two programs write one Secret and undo each other',
    meaning: [
      'More than one of External Secrets, Sealed Secrets and Argo CD holds this Secret as its own. Each puts back what it knows, so that a repair through one is undone by the other. An ExternalSecret with `creationPolicy: Merge` is not counted: it is meant to share.',
    ],
    inKubectl: [{ lines: ['kubectl -n NAMESPACE get secret NAME --show-managed-fields -o yaml'] }],
    fixWithC2l: ['c2l takes no side. It names both.'],
    fixByHand: ['Remove the Secret from one of them, in Git where that holds it.'],
    safeToIgnore: ['Where both hold the very same values, until one of them changes.'],
  },
  'sync-paused': {
    title: 'c2l keeps an owner from syncing',
    meaning: [
      '`fix-secrets --pause-sync` or a drill switched off how an Argo CD Application or an ExternalSecret writes by itself, so that a repair was not undone. Until that is put back nothing that changes in Git or in the store arrives. As information while the run that did it holds it; as a warning once its time is over, or where its note was edited.',
    ],
    inKubectl: [
      'The annotation says until when, by whom, and what stood there before.',
      { lines: ['kubectl -n NAMESPACE get applications,externalsecrets -o yaml | grep c2l.dev/paused-sync'] },
    ],
    fixWithC2l: ['Every command that writes ends what a killed run left. At once:', { lines: ['c2l restore-sync'] }],
    fixByHand: [
      'Put back what stands under `was` in the annotation, into `spec.syncPolicy.automated` of an Application or `spec.target.creationPolicy` of an ExternalSecret, and remove the annotation.',
    ],
    safeToIgnore: ['As information, while somebody works on it.'],
  },
  'secret-unused': {
    title: 'nothing that can be seen uses a Secret',
    meaning: [
      'No workload, pod, Job, ServiceAccount or Ingress of its namespace names it, and no owner, Helm, Argo CD, cert-manager or c2l has marked it. A program may still read it through the API, and a custom resource may name it: it is information, not proof.',
    ],
    inKubectl: ['Nothing: Kubernetes does not track who uses a Secret.'],
    fixWithC2l: ['c2l deletes no Secrets.'],
    fixByHand: ['Ask who made it. Keep a copy before it is deleted.'],
    safeToIgnore: ['Always; an unused credential is only one more that can leak.'],
  },
} as const satisfies Partial<Record<FindingCode, FindingPage>>;
