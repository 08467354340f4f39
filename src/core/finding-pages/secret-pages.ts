import type { FindingCode } from '../findings/findings.ts';
import { dataGoes } from './data-goes.ts';
import type { FindingPage } from './finding-page.ts';

/** Pages of the codes that are about a Secret, its keys or its values. */
export const secretPages = {
  'secret-missing': {
    title: 'a Secret that something needs does not exist',
    meaning: [
      'At least one container, volume or stack file needs this Secret, and no Secret of that name is in the namespace. All keys that are required of it are listed in the finding itself; there are no further findings for them.',
    ],
    inKubectl: [
      'A container that takes a variable from it, or all of them by `envFrom`, waits in CreateContainerConfigError. An init container shows as Init:CreateContainerConfigError.',
      {
        lines: ['$ kubectl -n NAMESPACE describe pod POD', 'Warning  Failed  kubelet  Error: secret "NAME" not found'],
      },
      'A pod that mounts it stays in ContainerCreating and tells so only in an event, which is gone after an hour.',
      { lines: ['Warning  FailedMount  kubelet  MountVolume.SetUp failed for volume "v" : secret "NAME" not found'] },
    ],
    fixWithC2l: [
      '`c2l fix-secrets` creates it with every required key, from a vault, a backup or hidden prompts. Then `c2l restart` and `c2l verify`, or `c2l stabilize` for all of it.',
      { lines: ['c2l fix-secrets --from azure-key-vault:VAULT --from env:FILE'] },
    ],
    fixByHand: [
      'One file for each key, so that no value stands on a command line or in a shell history:',
      { lines: ['kubectl -n NAMESPACE create secret generic NAME --from-file=DIRECTORY'] },
      'kubelet looks again within 15 seconds; pods that wait need no restart. Where External Secrets or Sealed Secrets should write it, repair that object instead: it says why it did not.',
    ],
    safeToIgnore: [
      'Not while something that has to run needs it. If what needs it is gone for good, remove the workload; if it can do without, mark the reference `optional: true`.',
    ],
  },
  'secret-terminating': {
    title: 'a Secret that something needs was deleted, and a finalizer still holds it',
    meaning: [
      'Somebody deleted the Secret, and it stays until every finalizer on it is taken away. Until then pods start with it; then it goes as a whole, with whatever was written into it since. A deletion cannot be taken back.',
    ],
    inKubectl: [
      'The Secret looks like any other. Only its metadata tells:',
      {
        lines: [
          "$ kubectl -n NAMESPACE get secret NAME -o jsonpath='{.metadata.deletionTimestamp} {.metadata.finalizers}'",
          '2026-03-01T10:00:00Z ["example.com/hold"]',
        ],
      },
    ],
    fixWithC2l: [
      '`c2l fix-secrets` writes nothing into it, and creates it anew once it is gone. Where no source has its values, keep them while they can be read:',
      { lines: ['c2l backup -n NAMESPACE', 'c2l fix-secrets -n NAMESPACE --from env:FILE'] },
    ],
    fixByHand: [
      'The name of a finalizer tells whose it is: let that controller finish, or bring it back. Only where it is gone for good, take its finalizer away yourself:',
      { lines: ['kubectl -n NAMESPACE edit secret NAME'] },
    ],
    safeToIgnore: ['Where it was deleted on purpose, and what needs it goes as well.'],
  },
  'secret-key-missing': {
    title: 'a Secret is there but lacks a key that something requires',
    meaning: [
      'The Secret exists, and a reference that is not optional, or the stack file, names a key that it does not hold. There is one finding for each key, whether or not a pod fails yet: one that runs, or is scaled to 0, fails at its next start.',
    ],
    inKubectl: [
      'The container waits in CreateContainerConfigError. kubelet names one key per container, and the next only when that one is there; the pod template names all of them.',
      {
        lines: [
          '$ kubectl -n NAMESPACE describe pod POD',
          "Warning  Failed  kubelet  Error: couldn't find key KEY in Secret NAMESPACE/NAME",
        ],
      },
      'A volume with `items` stays unmounted and the pod in ContainerCreating. With `envFrom`, or a volume without `items`, the pod runs and simply does not have it: kubectl shows nothing.',
    ],
    fixWithC2l: [
      '`c2l fix-secrets` adds the missing keys and touches no other; the Secret as it was is kept beside it. `c2l stabilize` restarts and proves as well.',
      { lines: ['c2l fix-secrets --from azure-key-vault:VAULT --from env:FILE'] },
    ],
    fixByHand: [
      'With the value in a file, so that it stands on no command line:',
      {
        lines: [
          'printf \'{"data":{"KEY":"%s"}}\' "$(base64 -w0 < FILE)" |',
          '  kubectl -n NAMESPACE patch secret NAME --type=merge --patch-file=/dev/stdin',
        ],
      },
      'Restore the value that was there. PostgreSQL and Grafana read their password only when their volume is initialised: a new one leaves the pod healthy and every login refused.',
    ],
    safeToIgnore: [
      'Not while the workload has to start. Where it can do without the key, `optional: true` on the reference, or `required: false` in the stack file, says so for everybody.',
    ],
  },
  'secret-value-placeholder': {
    title: 'a key holds a placeholder instead of a value',
    meaning: [
      "The key is there, and what it holds is a template's filler, such as `CHANGE_ME`: the pod starts, and fails at its first login or request. The stack file's `placeholders` say what counts as one; without a stack file c2l knows the common ones. A key that nobody names, and that a container gets with the whole Secret, by `envFrom` or a volume, is a warning: whether the program reads it is not known.",
    ],
    inKubectl: [
      'Nothing: Kubernetes does not look at values. The application tells in its log, often as a refused login, and the container may end in CrashLoopBackOff.',
      { lines: ['kubectl -n NAMESPACE logs POD --previous'] },
    ],
    fixWithC2l: [
      'A value that is there is never replaced unasked: name the key.',
      { lines: ['c2l fix-secrets --overwrite KEY --from env:FILE', 'c2l restart'] },
    ],
    fixByHand: [
      'Edit the Secret, then restart what read the placeholder at its start: variables of a running container never change.',
      { lines: ['kubectl -n NAMESPACE edit secret NAME', 'kubectl -n NAMESPACE rollout restart deployment/WORKLOAD'] },
      dataGoes,
    ],
    safeToIgnore: [
      'Where the value really is meant to be that text, or the feature behind it is off. Say so in the stack file: take it out of `placeholders`, or ignore the finding with a reason.',
    ],
  },
  'secret-value-invalid': {
    title: 'a key holds a value that cannot be right',
    meaning: [
      'The value breaks the format that the stack file declares for its key: too short, not of the pattern, no URL, no JSON, no PEM, or empty. The message says which rule it breaks and never quotes the value.',
    ],
    inKubectl: ["Nothing: Kubernetes does not look at values. The application's log is the only other witness."],
    fixWithC2l: [
      'A value that is there is never replaced unasked: name the key. What a source offers is checked by the same format before anything is written.',
      { lines: ['c2l fix-secrets --overwrite KEY --from env:FILE', 'c2l restart'] },
    ],
    fixByHand: [
      'Compare with the format in the stack file, edit the Secret, then restart what read it at its start.',
      { lines: ['kubectl -n NAMESPACE edit secret NAME', 'kubectl -n NAMESPACE rollout restart deployment/WORKLOAD'] },
      dataGoes,
    ],
    safeToIgnore: [
      'Where the application accepts the value as it is, the declared format is what is wrong: correct it in the stack file.',
    ],
  },
  'secret-values-exposed': {
    title: 'an annotation shows the values of a Secret in plain text',
    meaning: [
      "Client-side `kubectl apply` keeps the whole manifest in the annotation `kubectl.kubernetes.io/last-applied-configuration`, with `stringData` as it was written. Whoever sees the object's metadata, in a dashboard, a log or an audit trail, sees the values.",
    ],
    inKubectl: [
      'Lists the names of the annotations only:',
      {
        lines: [
          'kubectl -n NAMESPACE get secret NAME -o go-template=\'{{range $k, $v := .metadata.annotations}}{{$k}}{{"\\n"}}{{end}}\'',
        ],
      },
    ],
    fixWithC2l: [
      "c2l never writes values into annotations, and removes none that others wrote: the finding's command is kubectl's own.",
    ],
    fixByHand: [
      'Remove the annotation, and apply server-side from then on. Then consider the values known: rotate what is worth it.',
      {
        lines: [
          'kubectl -n NAMESPACE annotate secret NAME kubectl.kubernetes.io/last-applied-configuration-',
          'kubectl apply --server-side -f MANIFEST',
        ],
      },
    ],
    safeToIgnore: [
      'Where everybody who may read the metadata may read the Secret as well, and the manifest is no secret: it blocks nothing.',
    ],
  },
  'secret-plain-in-manifest': {
    title: 'a Secret stands in a file with its values',
    meaning: [
      'A manifest of kind Secret holds values that anybody can read who can read the file; base64 hides nothing. The file lies in a Git work tree that does not ignore it, so that the values are, or will be, in its history. Empty values, placeholders such as CHANGE_ME, and values that SOPS or a vault plugin puts in later are not meant.',
    ],
    inKubectl: ['Nothing: the cluster gets what it was given.'],
    fixWithC2l: [
      'c2l only finds it. `c2l validate` knows the keys that an ExternalSecret or a SealedSecret promises, so that the file can be replaced by one of them without a reference losing its key.',
    ],
    fixByHand: [
      'Replace the manifest, and then the values: what was in the history is known.',
      { lines: ['kubeseal --format yaml < FILE > SEALED-FILE', 'git rm --cached FILE'] },
    ],
    safeToIgnore: ['Where the values are made up for tests, or are no secrets at all: then a ConfigMap says so.'],
  },
  'image-pull-secret-missing': {
    title: 'a Secret for pulling images does not exist',
    meaning: [
      'A pod, its template or its ServiceAccount names an image pull Secret that is not in the namespace. It is an error where a pull fails or no pod shows that the image can be had without; a warning where pods run because their nodes already have the image: on another node they would not.',
    ],
    inKubectl: [
      {
        lines: [
          '$ kubectl -n NAMESPACE get events --field-selector reason=FailedToRetrieveImagePullSecret',
          'Warning  FailedToRetrieveImagePullSecret  kubelet  Unable to retrieve some image pull secrets (NAME)',
        ],
      },
      'The pod alternates between ErrImagePull and ImagePullBackOff, or runs with nothing but that event.',
    ],
    fixWithC2l: [
      "c2l finds it and says what it blocks; registry credentials are no values that it restores, so the command is kubectl's. `c2l restart` afterwards saves the back-off of up to five minutes.",
    ],
    fixByHand: [
      'From a docker configuration that can log in to the registry:',
      {
        lines: ['kubectl -n NAMESPACE create secret docker-registry NAME --from-file=.dockerconfigjson=FILE'],
      },
    ],
    safeToIgnore: [
      'Where the image is public, or every node has it and pulls are never needed. Better is to remove the reference.',
    ],
  },
  'tls-secret-missing': {
    title: 'an Ingress has no certificate',
    meaning: [
      "The Ingress names a TLS Secret that does not exist. What it points at works; clients get the controller's default certificate, and a warning or a refused connection.",
    ],
    inKubectl: [
      "The Ingress looks healthy. The controller's log, or cert-manager's Certificate, tells.",
      { lines: ['kubectl -n NAMESPACE describe ingress NAME', 'kubectl -n NAMESPACE get certificate'] },
    ],
    fixWithC2l: [
      "Certificates have an issuer and are in no source of values, so c2l only finds it; the command is kubectl's, or the issuer's.",
    ],
    fixByHand: [
      'Where cert-manager issues it, repair the Certificate or its issuer. Else:',
      { lines: ['kubectl -n NAMESPACE create secret tls NAME --cert=FILE --key=FILE'] },
    ],
    safeToIgnore: ["Where the controller's default certificate is the right one for these hosts."],
  },
  'backup-value-unusable': {
    title: 'a backup does not hold a required value as it runs',
    meaning: [
      'Only `c2l backup` says it. A source that should be able to restore the stack has no value for this key, one that does not fit its format, or another one than the cluster runs with; or a backup had to leave the key out because the cluster has no usable value. The values were compared by keyed fingerprints, and none is shown.',
    ],
    inKubectl: ['Nothing: kubectl knows of no backup.'],
    fixWithC2l: [
      'Where the values differ, the source or the cluster has the wrong one: `c2l verify` proves what runs, `c2l history` tells what was changed.',
      '`c2l backup` stores what runs; where the cluster lacks the value, `c2l fix-secrets` comes first.',
      { lines: ['c2l backup --to azure-key-vault:VAULT', 'c2l backup --check --from azure-key-vault:VAULT'] },
    ],
    fixByHand: [
      'Write the value into the vault or the file under the name that the finding tells, from a file and never from a command line:',
      { lines: ['az keyvault secret set --vault-name VAULT --name NAME --file FILE'] },
    ],
    safeToIgnore: ['Not as long as this source is what a total loss would be repaired from.'],
  },
  'optional-key-absent': {
    title: 'a key is absent that nothing requires',
    meaning: [
      'Only references marked `optional: true`, or keys that the stack file declares with `required: false`, name it, or volumes that no container of their pod mounts: kubelet does not look those up, so their `optional` does not matter. Pods start without; a feature may be off because of it. It is for your information and never fails a run.',
    ],
    inKubectl: ['Nothing: an optional variable that has no value is simply not set.'],
    fixWithC2l: [
      'Nothing is needed. `c2l audit -v` names all of them and who could use them. One that is missed, as the receiver of alerts is, is restored where it is named:',
      { lines: ['c2l fix-secrets KEY --from SOURCE', 'c2l restart'] },
    ],
    fixByHand: [
      'If the feature is wanted, add the key and restart the workload: a running container never sees it.',
      { lines: ['kubectl -n NAMESPACE rollout restart deployment/WORKLOAD'] },
      dataGoes,
    ],
    safeToIgnore: ['Always, as long as nobody misses the feature.'],
  },
} as const satisfies Partial<Record<FindingCode, FindingPage>>;
