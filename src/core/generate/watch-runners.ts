/** Who can run `c2l watch`. */
export const watchRunners = ['systemd', 'cron', 'github-actions'] as const;
export type WatchRunner = (typeof watchRunners)[number];
