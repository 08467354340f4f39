import type { FindingCode } from '../findings/findings.ts';
import type { FindingPage } from './finding-page.ts';

/** Pages of the codes that are about values which are there, and what containers make of them. */
export const valuePages = {
  'secret-value-empty': {
    title: 'a key that a pod takes holds nothing',
    meaning: [
      'The key exists, so that the container starts; its variable is the empty text, its file is empty. No stack file says what the value must be, so this is a warning. A key that the stack declares as required is an error, `secret-value-invalid`.',
    ],
    inKubectl: [
      'Nothing but the size: `describe` shows it in bytes.',
      { lines: ['kubectl -n NAMESPACE describe secret NAME'] },
    ],
    fixWithC2l: ['Have it replaced by name:', { lines: ['c2l fix-secrets --overwrite KEY'] }],
    fixByHand: [
      'Put the value into it, from a file, so that it stands on no command line; then restart what takes it.',
    ],
    safeToIgnore: ['Where the program takes an empty value for "off".'],
  },
  'secret-value-whitespace': {
    title: 'a value begins or ends in whitespace or a line break',
    meaning: [
      '`echo VALUE | base64` is how a line break gets into a Secret. A variable then holds it, and a login with that password is refused although both texts look the same. This holds for a variable of its own and for `envFrom`, also of keys that nobody names. Values of several lines, such as PEM, are not told; nor are keys that are only mounted as files.',
    ],
    inKubectl: [
      'Nothing. The last byte tells; 0a is a line break:',
      {
        lines: [
          "kubectl -n NAMESPACE get secret NAME -o jsonpath='{.data.KEY}' |",
          '  base64 -d | tail -c1 | od -An -tx1',
        ],
      },
    ],
    fixWithC2l: ['With the right value in a source:', { lines: ['c2l fix-secrets --overwrite KEY'] }],
    fixByHand: ['Write it anew with `printf %s`, then restart what takes it.'],
    safeToIgnore: ['Where the program strips it.'],
  },
  'secret-value-encoded-twice': {
    title: 'a value seems to have been base64-encoded twice',
    meaning: [
      'What `data` holds was encoded, and what comes out is base64 of readable text again: somebody encoded a value and put it into `stringData`, or encoded it once more. The program then gets the encoded text. It is told as likely, not as proven. Keys whose name says base64, and values that fit their declared format, are left out.',
    ],
    inKubectl: ['Nothing: both decode.'],
    fixWithC2l: ['With the right value in a source:', { lines: ['c2l fix-secrets --overwrite KEY'] }],
    fixByHand: [
      'Write the text itself into `stringData`, or its base64, once, into `data`; then restart what takes it.',
    ],
    safeToIgnore: ['Where the program is meant to decode it.'],
  },
  'env-from-key-absent': {
    title: 'a container runs silently without a variable that the stack requires',
    meaning: [
      'The container takes a Secret as a whole, by `envFrom`. kubelet then gives it whatever is there and waits for nothing, so that it starts without the key that the stack file requires. The missing key is the cause, and a finding of its own.',
    ],
    inKubectl: ['Nothing: the pod is Running. What it got stands in its environment.'],
    fixWithC2l: [
      'Add the key, then restart: a running container does not get it by itself.',
      { lines: ['c2l fix-secrets', 'c2l restart'] },
    ],
    fixByHand: ['Name the key under `env` with `secretKeyRef`: then kubelet refuses to start without it.'],
    safeToIgnore: ['Where the program does not need it; then the stack file should not require it.'],
  },
  'env-from-name-invalid': {
    title: 'kubelet leaves out keys that are no names for variables',
    meaning: [
      'A container takes a Secret as a whole, by `envFrom`, and some of its keys, such as `1st` or `a b`, are no names for variables to the kubelet of that node. It leaves them out and says so in an event alone. From Kubernetes 1.32 kubelet passes almost every name on; shells still drop names that hold a `-` or a `.`.',
    ],
    inKubectl: [
      { lines: ['kubectl -n NAMESPACE get events --field-selector \\', '  reason=InvalidEnvironmentVariableNames'] },
    ],
    fixWithC2l: ['c2l renames no keys.'],
    fixByHand: ['Rename the key, or name it under `env` with a name of its own.'],
    safeToIgnore: ['Where the key is meant for something else that takes the same Secret.'],
  },
} as const satisfies Partial<Record<FindingCode, FindingPage>>;
