import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { launcher } from '../support/built-program.ts';

let folder: string;
let env: NodeJS.ProcessEnv;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'c2l-completion-'));
  writeFileSync(join(folder, 'c2l'), `#!/bin/sh\nexec "${process.execPath}" "${launcher}" "$@"\n`);
  chmodSync(join(folder, 'c2l'), 0o755);
  const context = (name: string) => `- { name: '${name}', context: { cluster: here } }`;
  writeFileSync(
    join(folder, 'kubeconfig'),
    [
      'apiVersion: v1',
      'kind: Config',
      'clusters: [{ name: here, cluster: { server: "http://127.0.0.1:1" } }]',
      'contexts:',
      context('arn:aws:eks:eu-1:1:cluster/blue'),
      context('arn:aws:eks:eu-1:1:cluster/green'),
    ].join('\n'),
  );
  writeFileSync(join(folder, 'report.json'), '{}');
  env = {
    PATH: `${folder}:${process.env['PATH'] ?? ''}`,
    HOME: folder,
    ZDOTDIR: folder,
    KUBECONFIG: join(folder, 'kubeconfig'),
    LC_ALL: 'C.UTF-8',
    // Fish asks a terminal, and there is none.
    TERM: 'dumb',
  };
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function hasShell(name: string): boolean {
  return spawnSync(name, ['--version']).status === 0;
}

function run(shell: string, args: readonly string[]): string {
  return execFileSync(shell, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
  });
}

/** What a shell has after its Tab, one candidate a line: each asks its own way. */
const shells: Readonly<Record<string, (line: string) => readonly string[]>> = {
  bash: (line) => {
    // What readline sets before it calls the function that `complete` names.
    const script = `
      source <(c2l completion bash)
      [[ "$(complete -p c2l)" == *"-F _c2l"* ]] || exit 9
      COMP_LINE=${JSON.stringify(line)} COMP_POINT=\${#COMP_LINE}
      _c2l c2l
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    return linesOf(run('bash', ['--norc', '-c', script]));
  },
  zsh: (line) => {
    // The completion system works in the line editor of an interactive shell alone, which zpty gives a terminal.
    const found = join(folder, 'found');
    writeFileSync(found, '');
    writeFileSync(
      join(folder, '.zshrc'),
      `PROMPT=READY
      autoload -Uz compinit; compinit -u -d ${folder}/zcompdump
      source <(c2l completion zsh)
      compadd() {
        [[ "\${@[1,(i)(-|--)]}" == *-[OAD]\\ * ]] && { builtin compadd "$@"; return }
        local -a hits
        builtin compadd -A hits "$@"
        print -rl -- $hits >> ${found}
        builtin compadd "$@"
      }
      bindkey '^I' complete-word
      finish() { print DONE }
      comppostfuncs=(finish)`,
    );
    run('zsh', [
      '-f',
      '-c',
      `zmodload zsh/zpty
      zpty z zsh -d -i
      zpty -r z out '*READY*'
      zpty -n -w z ${JSON.stringify(line)}$'\t'
      zpty -r z out '*DONE*'
      zpty -d z`,
    ]);
    return linesOf(readFileSync(found, 'utf8'));
  },
  fish: (line) =>
    linesOf(
      run('fish', ['--no-config', '-c', `c2l completion fish | source; complete -C ${JSON.stringify(line)}`]),
    ).map((each) => each.split('\t')[0] ?? ''),
};

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

describe.each(Object.entries(shells))('%s', (shell, candidates) => {
  const real = hasShell(shell) ? test : test.skip;

  real('completes commands, options and their choices', () => {
    expect(candidates('c2l dr-')).toEqual(['dr-drill']);
    expect(candidates('c2l fix-secrets --par')).toEqual(['--partial']);
    expect([...candidates('c2l audit -o j')].sort()).toEqual(['json', 'junit']);
    expect([...candidates('c2l dr-drill run missing-k')].sort()).toEqual(['missing-keys']);
  });

  real('completes live values, colons and all', () => {
    const contexts = candidates('c2l audit --context arn:aws:eks:eu-1:1:cluster/');
    // Bash hands over what stands behind the last colon.
    expect(contexts.map((each) => each.replace(/.*1:cluster/, 'cluster')).sort()).toEqual([
      'cluster/blue',
      'cluster/green',
    ]);
  });
});

test('bash completes files where one is asked for, and offers nothing, silently, where the cluster is away', () => {
  const candidates = shells['bash'];
  expect(candidates?.('c2l audit --baseline rep')).toEqual(['report.json']);
  expect(candidates?.('c2l audit --context arn:aws:eks:eu-1:1:cluster/blue -n sh')).toEqual([]);
});
