import { OperatorError } from '../../errors.ts';
import { durationMs } from '../watch/duration.ts';
import { packageSpec, type GenerateSubject } from './generate-subject.ts';
import type { GeneratedFile } from './generated-file.ts';
import type { WatchRunner } from './watch-runners.ts';
import { secretFiles, secretVariables, type WatchedStack } from './watched-stack.ts';
import { watchWorkflow } from './watch-workflow.ts';

/** What runs `c2l watch` for a stack: a unit, a line of cron, or a workflow that needs no server. */
export function generateWatch(subject: GenerateSubject, runner: WatchRunner): readonly GeneratedFile[] {
  const { stack } = subject;
  if (stack?.watch === undefined) {
    const lacking = stack === undefined ? 'there is no stack file here' : `stack ${stack.name} has no watch`;
    throw new OperatorError('stack-lacks-field', `${lacking}, and watch is made of it`, {
      hint: 'add watch to the stack file, or name another: c2l generate watch --as systemd --config FILE',
    });
  }
  const watched: WatchedStack = { ...stack, watch: stack.watch };
  switch (runner) {
    case 'systemd':
      return [{ path: `c2l-watch-${stack.name}.service`, text: systemdUnit(watched) }];
    case 'cron':
      return [{ path: cronFile(stack), text: cronLine(watched) }];
    case 'github-actions':
      return [watchWorkflow(watched, packageSpec(subject))];
  }
}

/** Said outright: a kubeconfig that went away must not make watch see less without a word. */
function hasCluster({ watch, components }: WatchedStack): boolean {
  return watch.cluster ?? components.length > 0;
}

function command(stack: WatchedStack, folder: string, state: string): string {
  const cluster = hasCluster(stack) ? '--cluster' : '--no-cluster';
  return `c2l watch --config ${folder}/${stack.name}.yaml --state ${state}/watch-${stack.name}.json ${cluster}`;
}

/** A shell and systemd both take a URL with an & only in quotes. */
function assigned(variables: readonly string[]): string {
  return variables.map((name) => `${name}='…'`).join(', ');
}

function systemdUnit(stack: WatchedStack): string {
  const variables = secretVariables(stack.watch);
  return `# /etc/systemd/system/c2l-watch-${stack.name}.service
#   install -D -m 644 c2l.yaml /etc/c2l/${stack.name}.yaml
${variables.length === 0 ? '' : `#   /etc/c2l/${stack.name}.env, mode 600, sets ${assigned(variables)}\n`}${credentialNote(stack)}#   systemctl daemon-reload && systemctl enable --now c2l-watch-${stack.name}
# It reads the stack file when it starts: after a change, systemctl restart c2l-watch-${stack.name}

[Unit]
Description=c2l watch of ${stack.name}
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=/usr/bin/env ${command(stack, '%E/c2l', '%S/c2l')} --listen 9477 -o json
EnvironmentFile=-%E/c2l/${stack.name}.env
${hasCluster(stack) ? `LoadCredential=kubeconfig:%E/c2l/${stack.name}.kubeconfig\nEnvironment=KUBECONFIG=%d/kubeconfig\n` : ''}Environment=NODE_ENV=production
StateDirectory=c2l
DynamicUser=yes
Restart=always
RestartSec=5
MemoryMax=400M
CapabilityBoundingSet=
LockPersonality=yes
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectSystem=strict
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
UMask=0077

[Install]
WantedBy=multi-user.target
`;
}

/** The unit's user is another one with each start, so that no file can be made readable for it alone. */
function credentialNote({ name, watch }: WatchedStack): string {
  const notes = secretFiles(watch).map((file) => {
    const key = file.split('/').at(-1) ?? file;
    const place = `/run/credentials/c2l-watch-${name}.service/${key}`;
    return `#   add LoadCredential=${key}:${file} and name ${place} in the stack file\n`;
  });
  return notes.join('');
}

function fileNote({ watch }: WatchedStack): string {
  const files = secretFiles(watch);
  return files.length === 0 ? '' : `# readable by c2l: ${files.join(', ')}\n`;
}

/** Cron passes over files with a dot in their name, and says nothing. */
function cronFile({ name }: Pick<WatchedStack, 'name'>): string {
  return `c2l-watch-${name.replaceAll('.', '-')}`;
}

/** Cron knows no seconds; a run that still lasts keeps the next one from the state, and that one ends with a word. */
function cronLine(stack: WatchedStack): string {
  const minutes = Math.min(59, Math.max(1, Math.round(durationMs(stack.watch.interval) / 60_000)));
  const every = minutes === 1 ? '*' : `*/${minutes}`;
  const variables = secretVariables(stack.watch);
  const environment = `/etc/c2l/${stack.name}.env`;
  const sourced = variables.length === 0 ? '' : `set -a && . ${environment} && `;
  return `# /etc/cron.d/${cronFile(stack)}, for a user c2l that owns /var/lib/c2l
${variables.length === 0 ? '' : `# ${environment}, readable by c2l alone, sets ${assigned(variables)}\n`}${fileNote(stack)}PATH=/usr/local/bin:/usr/bin:/bin
${every} * * * * c2l ${sourced}${command(stack, '/etc/c2l', '/var/lib/c2l')} --once >/dev/null
`;
}
