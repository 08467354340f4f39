/** Who can run a drill on a schedule; beside the bodies, since every start of c2l reads it. */
export const drillRunners = ['kubernetes', 'github-actions', 'systemd'] as const;
export type DrillRunner = (typeof drillRunners)[number];
