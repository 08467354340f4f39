import type { Stack, StackComponent } from '../stack/stack.ts';

type InitWait = StackComponent['initWaits'][number];

/** About as long as a database takes to be started anew; kubelet tries again after that, and says so. */
const longestSeconds = 120;

/**
 * A shell command that waits for a host and has an end. It needs what images that wait have: `nc`, or PostgreSQL's own
 * `pg_isready` where that can be asked, since a database accepts connections before it answers.
 */
export function boundedWait(stack: Stack, component: StackComponent, { host, port }: InitWait): string[] {
  const connects = `nc -z -w 2 ${host} ${port}`;
  const script = [
    `reached() { ${isPostgres(stack, component, port) ? postgresOr(connects, host, port) : connects}; }`,
    `end=$(($(date +%s) + ${longestSeconds}))`,
    'until reached; do',
    '  if [ "$(date +%s)" -ge "$end" ]; then',
    `    echo "${host}:${port} did not answer for ${longestSeconds} s" >&2`,
    '    exit 1',
    '  fi',
    '  sleep 1',
    'done',
    '',
  ];
  return ['sh', '-c', script.join('\n')];
}

function postgresOr(connects: string, host: string, port: number): string {
  return `if command -v pg_isready >/dev/null; then pg_isready -q -t 2 -h ${host} -p ${port}; else ${connects}; fi`;
}

function isPostgres({ components }: Stack, { dependsOn }: StackComponent, port: number): boolean {
  return components.some(
    ({ name, checks }) =>
      dependsOn.includes(name) && checks.some((check) => check.kind === 'postgres-login' && check.port === port),
  );
}
