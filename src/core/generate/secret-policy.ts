import { namespaceOf, type Stack } from '../stack/stack.ts';
import { base64Pattern } from './base64-pattern.ts';

/** One rule of a ValidatingAdmissionPolicy. */
export interface PolicyValidation {
  readonly why: string;
  readonly expression: string;
  readonly messageExpression: string;
}

/** The annotation with which a write goes through that the policy would refuse: once, for the write that sets it. */
const breakGlass = 'c2l.dev/break-glass';

export interface PolicyVariable {
  readonly name: string;
  readonly expression: string;
}

/**
 * What the rules on the stack's Secrets are written in. CEL sees one Secret as it is to be and as it was, no more. A
 * write that makes nothing worse is let through: repair may take several.
 */
export function policyVariables(stack: Stack): PolicyVariable[] {
  return [
    { name: 'secret', expression: `request.namespace + '/' + object.metadata.name` },
    { name: 'required', expression: `${keysBySecret(stack, true)}[variables.secret]` },
    { name: 'declared', expression: `${keysBySecret(stack, false)}[variables.secret]` },
    { name: 'keys', expression: 'has(object.data) ? object.data : {}' },
    { name: 'before', expression: 'oldObject != null && has(oldObject.data) ? oldObject.data : {}' },
    {
      name: 'set',
      expression:
        'variables.declared.filter(k, k in variables.keys && !(k in variables.before && variables.before[k] == variables.keys[k]))',
    },
    { name: 'reason', expression: reasonOf('object') },
    { name: 'reasonBefore', expression: `oldObject != null && ${reasonOf('oldObject')}` },
    { name: 'isEmergency', expression: `variables.reason != '' && variables.reason != variables.reasonBefore` },
    { name: 'lacking', expression: 'variables.required.filter(k, oldObject == null && !(k in variables.keys))' },
    { name: 'lost', expression: 'variables.declared.filter(k, k in variables.before && !(k in variables.keys))' },
    {
      name: 'emptied',
      expression: `variables.set.filter(k, k in variables.required && size(variables.keys[k]) == 0)`,
    },
    {
      name: 'unfilled',
      expression: `variables.set.filter(k, ${placeholderTest(stack.placeholders)})`,
    },
  ];
}

export function policyValidations(stack: Stack): PolicyValidation[] {
  const untold = stack.placeholders.filter((pattern) => base64Pattern(pattern) === undefined);
  const told = stack.placeholders.filter((pattern) => !untold.includes(pattern));
  return [
    { why: 'A new Secret is whole.', ...refused('lacking', 'lacks', `, which stack ${stack.name} needs`) },
    {
      why: 'A key that is there stays, required or not: a workload may refer to it.',
      ...refused('lost', 'would lose', `, which stack ${stack.name} refers to`),
    },
    { why: 'A required key holds something.', ...refused('emptied', 'has an empty value in', '') },
    {
      why: `A value that nobody filled in is as bad as a missing one: ${told.join(', ') || 'no pattern'}. Seen in base64, as values travel.${untold.length === 0 ? '' : ` Not seen that way, and so not refused: ${untold.join(', ')}.`}`,
      ...refused('unfilled', 'holds a placeholder in', ''),
    },
  ];
}

function placeholderTest(patterns: readonly string[]): string {
  const tests = patterns
    .flatMap((pattern) => base64Pattern(pattern) ?? [])
    .map((pattern) => `variables.keys[k].matches(${celText(pattern)})`);
  return tests.length === 0 ? 'false' : tests.join(' || ');
}

const reasonOf = (object: string): string =>
  `has(${object}.metadata.annotations) && '${breakGlass}' in ${object}.metadata.annotations ? ${object}.metadata.annotations['${breakGlass}'] : ''`;

function refused(list: string, verb: string, why: string): Omit<PolicyValidation, 'why'> {
  const way = `${why}; c2l audit names what is affected; in an emergency annotate it with ${breakGlass}=REASON`;
  return {
    expression: `variables.isEmergency || variables.${list} == []`,
    messageExpression: `'Secret ' + variables.secret + ' ${verb} ' + variables.${list}.join(', ') + ${celText(way)}`,
  };
}

function keysBySecret(stack: Stack, requiredOnly: boolean): string {
  const entries = stack.secrets.map((secret) => {
    const keys = Object.entries(secret.keys)
      .filter(([, { required }]) => required || !requiredOnly)
      .map(([key]) => celText(key))
      .sort();
    return `${celText(`${namespaceOf(stack, secret)}/${secret.name}`)}: [${keys.join(', ')}]`;
  });
  return `{${entries.join(', ')}}`;
}

function celText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
