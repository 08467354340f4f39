import { namespaceOf, type Stack } from '../stack/stack.ts';
import type { AdmissionMode } from './admission-modes.ts';
import { madeOfStack, needsSecrets } from './generate-kind.ts';
import { Commented, type GeneratedFile } from './generated-file.ts';
import { policyValidations, policyVariables } from './secret-policy.ts';

const apiVersion = 'admissionregistration.k8s.io/v1';

/** A policy that keeps the stack's Secrets from losing keys, whoever writes them, and its binding. */
export const generateAdmissionPolicy = madeOfStack(
  'admission-policy',
  [needsSecrets],
  (stack, mode: AdmissionMode): GeneratedFile[] => {
    const name = `c2l-${stack.name}-secrets`;
    return [
      {
        path: 'admission-policy.yaml',
        comment: `Keeps the Secrets of stack ${stack.name} whole, whoever writes them. CEL sees one Secret as it is to be and as it was, and no workloads: the keys that count are those of the stack file, required ones for a new Secret and all declared ones that are there. Deleting a Secret is not refused; a drill that takes keys away is, outside an emergency.`,
        use: 'apply',
        documents: [policyDocument(stack, name), bindingDocument(name, mode)],
      },
    ];
  },
);

function policyDocument(stack: Stack, name: string): object {
  const secrets = stack.secrets.map((secret) => `${namespaceOf(stack, secret)}/${secret.name}`);
  const named = secrets.map((secret) => `'${secret}'`).join(', ');
  return {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        namespaceSelector: {
          matchExpressions: [
            { key: 'kubernetes.io/metadata.name', operator: 'In', values: [...stack.namespaces].sort() },
          ],
        },
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['secrets'] },
        ],
      },
      matchConditions: new Commented('Other Secrets of the namespace cost one comparison.', [
        { name: 'of-the-stack', expression: `(request.namespace + '/' + object.metadata.name) in [${named}]` },
      ]),
      variables: policyVariables(stack),
      validations: policyValidations(stack).map(
        ({ why, ...rule }) => new Commented(why, { ...rule, reason: 'Invalid' }),
      ),
      auditAnnotations: new Commented('Who broke the glass, and why.', [
        { key: 'break-glass', valueExpression: "variables.isEmergency ? string(variables.reason) : ''" },
      ]),
    },
  };
}

const actions: Readonly<Record<AdmissionMode, readonly string[]>> = {
  deny: ['Deny', 'Audit'],
  warn: ['Warn', 'Audit'],
  audit: ['Audit'],
};

function bindingDocument(name: string, mode: AdmissionMode): object {
  return {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: actions[mode] },
  };
}
