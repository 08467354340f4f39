import type { NodeContainer } from '../kubelet/kubelet-pod.ts';
import type { Program, ProgramStart } from './program.ts';
import { apiBackend, grafana, migration, sealedSecrets, web, webServer } from './programs-http.ts';
import { postgres } from './programs-postgres.ts';
import { shellCommand } from './programs-shell.ts';

/** The words of a container's command, as one text to recognise it by. */
export function commandText({ command = [], args = [] }: NodeContainer): string {
  return [...command, ...args].join(' ');
}

/** Picks what a container runs by its image and command, and starts it. */
export function startProgram(start: ProgramStart): Program {
  const { container } = start;
  const text = commandText(container);
  const image = imageName(container.image ?? '');
  if (text === '' && image === 'postgres') {
    return postgres(start);
  }
  if (text === '' && image === 'grafana/grafana') {
    return grafana(start);
  }
  if (start.env.has('SEALING_CERTIFICATE')) {
    return sealedSecrets(start);
  }
  if (text.includes('/app/server.js')) {
    return text.includes('migrate') ? migration(start) : apiBackend(start);
  }
  if (start.env.has('API_URL') && !start.isToEnd) {
    return web(start);
  }
  return shellCommand(start, text) ?? webServer(start);
}

/** `docker.io/library/postgres:16-alpine` → `postgres` */
export function imageName(image: string): string {
  return image
    .replace(/^docker\.io\//, '')
    .replace(/^library\//, '')
    .replace(/[:@][^/]*$/, '');
}
