import { mapLimited } from '../../core/map-limited.ts';
import type { WatchWorld } from '../../watch-ports.ts';
import { httpOnce } from './http-once.ts';
import { openNotifier } from './open-notifier.ts';
import { readSecretText } from './secret-text.ts';
import { listenForStatus } from './status-listener.ts';
import { openWatchStateFile, type StateFileOptions } from './watch-state-file.ts';
import { refuseNoUrl } from './webhook-post.ts';

export interface WatchWorldOptions extends StateFileOptions {
  readonly version: string;
  /** Trusted beside those that Node trusts; only tests need it. */
  readonly caPem?: string | undefined;
}

/** Well below the 1024 files that a process may commonly have open. */
const mostAtOnce = 256;
const heartbeatTimeoutMs = 10_000;
const pushTimeoutMs = 10_000;

export function openWatchWorld(options: WatchWorldOptions): WatchWorld {
  const userAgent = `c2l/${options.version}`;
  const probe = { userAgent, caPem: options.caPem };
  return {
    getAll: (requests) => mapLimited(requests, mostAtOnce, (request) => httpOnce(request, probe)),
    openNotifier: (spec) => openNotifier(spec, { ...options, userAgent }),
    openHeartbeat: async (spec) => {
      const url = await readSecretText(spec, 'the URL of the heartbeat', options);
      refuseNoUrl(url, 'the URL of the heartbeat');
      return async () => {
        const request = { url: url.reveal(), timeoutMs: heartbeatTimeoutMs, wantsBody: false };
        const answer = await httpOnce(request, probe);
        if (answer.state === 'failed') return answer.reason;
        return answer.status < 300 ? undefined : `answered ${answer.status}`;
      };
    },
    pushMetrics: async (url, body) => {
      const headers = { 'Content-Type': 'text/plain; version=0.0.4' };
      const answer = await httpOnce({ url, body, headers, timeoutMs: pushTimeoutMs, wantsBody: false }, probe);
      if (answer.state === 'failed') return answer.reason;
      return answer.status < 300 ? undefined : `answered ${answer.status}`;
    },
    openState: (path, name) => openWatchStateFile(path, name, options),
    listen: listenForStatus,
  };
}
