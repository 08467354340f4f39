import type { Stack } from '../stack/stack.ts';
import type { GeneratedFile } from './generated-file.ts';
import { drillDays, namespaceOfDrill, notifyFlag, pushVariable, receiverVariables } from './scheduled-drill.ts';

/** The service and the timer of a machine that drills on its own. */
export function drillUnits(stack: Stack): readonly GeneratedFile[] {
  return [service(stack), timer(stack)];
}

function service(stack: Stack): GeneratedFile {
  const { name } = stack;
  const variables = ['DRILL_CONTEXT', 'DRILL_SOURCE', ...receiverVariables(stack)];
  const gateway = `and ${pushVariable} where there is a Pushgateway`;
  const flags = notifyFlag(stack)
    .map((flag) => ` ${flag}`)
    .join('');
  return {
    path: `c2l-drill-${name}.service`,
    text: `# /etc/systemd/system/c2l-drill-${name}.service
#   install -D -m 644 c2l.yaml /etc/c2l/${name}.yaml
#   /etc/c2l/${name}.kubeconfig, mode 600
#   /etc/c2l/drill-${name}.env, mode 600, sets ${variables.join(', ')}, ${gateway}
#   systemctl daemon-reload && systemctl enable --now c2l-drill-${name}.timer
# The report lies in /var/lib/c2l; for the metrics give the node exporter --collector.textfile.directory=/var/lib/c2l.

[Unit]
Description=c2l drill of ${name}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=/usr/bin/env c2l dr-drill run total-secret-loss --config %E/c2l/${name}.yaml -n ${namespaceOfDrill(stack)} --confirm \${DRILL_CONTEXT} --from \${DRILL_SOURCE}${flags} --report %S/c2l/drill-${name}.html --report %S/c2l/drill-${name}.json --report %S/c2l/drill-${name}.prom
EnvironmentFile=%E/c2l/drill-${name}.env
LoadCredential=kubeconfig:%E/c2l/${name}.kubeconfig
Environment=KUBECONFIG=%d/kubeconfig
StateDirectory=c2l
DynamicUser=yes
# A drill that is stopped puts everything back: it is given the time.
TimeoutStartSec=45min
TimeoutStopSec=15min
KillMode=mixed
CapabilityBoundingSet=
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
ProtectHome=yes
ProtectSystem=strict
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
SystemCallFilter=@system-service
`,
  };
}

function timer({ name }: Stack): GeneratedFile {
  return {
    path: `c2l-drill-${name}.timer`,
    text: `# /etc/systemd/system/c2l-drill-${name}.timer

[Unit]
Description=c2l drill of ${name}, twice a month

[Timer]
OnCalendar=*-*-${drillDays.map((day) => String(day).padStart(2, '0')).join(',')} 03:17:00
Persistent=yes
RandomizedDelaySec=10min

[Install]
WantedBy=timers.target
`,
  };
}
