import type { Stack } from '../stack/stack.ts';
import type { SecretText, WatchSection } from '../watch/watch-schema.ts';

/** A stack whose file says what to watch. */
export type WatchedStack = Stack & { readonly watch: WatchSection };

/** Variables in which secrets of receivers lie, for whoever has to fill them. */
export function secretVariables(section: WatchSection): string[] {
  return [...new Set(secretTexts(section).flatMap((text) => ('env' in text ? [text.env] : [])))];
}

/** Files in which others lie. */
export function secretFiles(section: WatchSection): string[] {
  return [...new Set(secretTexts(section).flatMap((text) => ('file' in text ? [text.file] : [])))];
}

function secretTexts({ notify, heartbeat }: WatchSection): SecretText[] {
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
  return [...texts, heartbeat].filter((text) => text !== undefined);
}
