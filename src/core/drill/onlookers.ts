import * as z from 'zod';

import { parsedJson } from '../parsed-json.ts';

/** Who is paid to notice, and is asked whether they do. */
export type OnlookerKind = 'watch' | 'alertmanager';

export interface Onlooker {
  readonly kind: OnlookerKind;
  /** Where it is reached from here: `http://localhost:9093`. */
  readonly url: string;
}

export const onlookerNames: Readonly<Record<OnlookerKind, string>> = {
  watch: 'c2l watch',
  alertmanager: 'Alertmanager',
};

/** Beneath its address, the page that says what is wrong. */
export const onlookerPaths: Readonly<Record<OnlookerKind, string>> = {
  watch: 'metrics',
  alertmanager: 'api/v2/alerts?active=true&silenced=false&inhibited=false',
};

/** What it says is wrong in a namespace, by names that stay the same; undefined where the page is another one. */
export function troublesTold(kind: OnlookerKind, page: string, namespace: string): ReadonlySet<string> | undefined {
  return kind === 'watch' ? targetsDown(page) : alertsOf(page, namespace);
}

/** As `c2l watch` writes them. */
function targetsDown(page: string): ReadonlySet<string> | undefined {
  if (!page.includes('c2l_watch_build_info')) return undefined;
  const down = page.matchAll(/^c2l_watch_target_up\{target="((?:[^"\\]|\\.)*)"\} 0$/gm);
  return new Set([...down].map(([, target = '']) => target));
}

const alertsSchema = z.array(z.object({ fingerprint: z.string(), labels: z.record(z.string(), z.string()) }));

/** Of the namespace, or of none: an alert on nodes or on Argo CD is news too. */
function alertsOf(page: string, namespace: string): ReadonlySet<string> | undefined {
  const parsed = alertsSchema.safeParse(parsedJson(page));
  if (!parsed.success) return undefined;
  const meant = parsed.data.filter(({ labels }) => (labels['namespace'] ?? namespace) === namespace);
  return new Set(meant.map(({ fingerprint }) => fingerprint));
}
