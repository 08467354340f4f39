import type { Stack } from '../stack/stack.ts';
import { alertNames, oneOf, type Alert } from './alert.ts';
import { drillHome } from './scheduled-drill.ts';

/** Two drills of the schedule missed. */
const alertAfterDays = 30;

/** Where no drill has succeeded of late. */
export function drillAlert({ name, namespaces }: Stack): Alert {
  const success = 'kube_cronjob_status_last_successful_time';
  const last = [
    `${success}{namespace="${drillHome.namespace}", cronjob="c2l-drill-${name}"}`,
    `${success}{namespace=~"${oneOf(namespaces)}", cronjob=~"c2l-(dr-)?drill.*"}`,
    `c2l_drill_last_success_timestamp_seconds{namespace=~"${oneOf(namespaces)}"}`,
  ].join('\n  or ');
  return {
    name: alertNames.drill,
    why: 'By the last success, wherever the drill runs: a CronJob, or what c2l says itself. Where none runs, nobody knows whether the way back works.',
    expr: `time() - max(\n  ${last}\n) > ${alertAfterDays} * 86400\nor\nabsent(\n  ${last}\n)`,
    for: '6h',
    severity: 'warning',
    code: 'drill-failed',
    summary: `no disaster drill has succeeded for ${alertAfterDays} days: nobody knows whether the way back works`,
    next: 'c2l dr-drill run total-secret-loss --sandbox',
  };
}
