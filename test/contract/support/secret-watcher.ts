import type { World } from './worlds.ts';

export interface SecretWatcher {
  /** Everything that was seen of it which was not as in the beginning; ends the watch. */
  end(): Promise<{ readonly looks: number; readonly wrong: readonly string[] }>;
}

/** Looks at a Secret all the time, and notes when it is missing or holds anything else than at first. */
export async function watchSecret(world: World, name: string): Promise<SecretWatcher> {
  const read = async (): Promise<string> => {
    const { status, body } = await world.send('GET', `secrets/${name}`);
    return status === 200 ? JSON.stringify(sorted(body['data'] as Record<string, string>)) : `status ${String(status)}`;
  };
  const first = await read();
  const wrong: string[] = [];
  let looks = 0;
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      const seen = await read();
      looks++;
      if (seen !== first)
        wrong.push(
          seen.startsWith('status') ? seen : `keys ${Object.keys(JSON.parse(seen) as object).join(', ')} changed`,
        );
    }
  })();
  return {
    end: async () => {
      over.abort();
      await watching;
      return { looks, wrong };
    },
  };
}

function sorted(data: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(data).sort(([left], [right]) => (left < right ? -1 : 1)));
}
