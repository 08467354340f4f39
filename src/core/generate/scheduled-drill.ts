import type { Stack } from '../stack/stack.ts';
import { secretVariables } from './watched-stack.ts';

/** At night, at the beginning of a month: often enough for an alert after 30 days to have missed two. */
export const drillDays = [1, 15] as const;

/** Beside the journals: what runs a drill must not lie in what it breaks. */
export const drillHome = { name: 'c2l-drill-schedule', namespace: 'c2l-drill' };

/** A drill takes place in one namespace. */
export function namespaceOfDrill({ namespaces }: Stack): string {
  return namespaces[0];
}

/** Names the Pushgateway where --push-metrics does not. */
export const pushVariable = 'C2L_PUSH_METRICS';

/** Whether anybody is to be told stands in the stack. */
export function notifyFlag({ watch }: Stack): readonly string[] {
  return (watch?.notify ?? []).length === 0 ? [] : ['--notify'];
}

/** Of the receivers of the stack. */
export function receiverVariables({ watch }: Stack): string[] {
  return watch === undefined ? [] : secretVariables(watch);
}
