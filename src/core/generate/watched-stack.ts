import type { Stack } from '../stack.ts';
import type { SecretText, WatchSection } from '../watch/watch-schema.ts';

/** A stack whose file says what to watch. */
export type WatchedStack = Stack & { readonly watch: WatchSection };

/** Variables in which secrets of receivers lie, for whoever has to fill them. */
export function secretVariables({ notify, heartbeat }: WatchSection): string[] {
  const texts = notify.flatMap((receiver): (SecretText | undefined)[] => {
    switch (receiver.kind) {
      case 'webhook':
        return [receiver.url, ...Object.values(receiver.headers)];
      case 'pagerduty':
        return [receiver.routingKey];
      case 'email':
        return [receiver.password];
    }
  });
  const names = [...texts, heartbeat].flatMap((text) => (text !== undefined && 'env' in text ? [text.env] : []));
  return [...new Set(names)];
}
