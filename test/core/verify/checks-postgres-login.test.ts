import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { postgresLoginScript, readLoginOutcome } from '../../../src/core/verify/postgres-login.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'c2l-psql-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the script in this machine's sh, with a psql that answers by what it is given in its environment. */
function run(psql: string, { user, password }: { user: string; password: string }): string {
  writeFileSync(join(folder, 'psql'), `#!/bin/sh\n${psql}\n`, { mode: 0o755 });
  const input = [user, password].map((text) => `${Buffer.from(text).toString('base64')}\n`).join('');
  const argv = ['-c', postgresLoginScript, 'c2l-postgres-login', '10.1.2.3', '5433', 'auth'];
  const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, PGHOSTADDR: '127.0.0.1', PGOPTIONS: '-c x=y' };
  return execFileSync('sh', argv, { input, env, encoding: 'utf8' });
}

const login = { user: 'app', password: 'p'.repeat(20) };

describe('the script', () => {
  test('gives psql user and password byte for byte, line breaks at the end included', () => {
    const odd = { user: 'a "b"', password: `$x\`y\\ '${'q'.repeat(9)}'\n\n` };
    const expected = Buffer.from(odd.password).toString('hex');
    const psql = `got=$(printf %s "$PGPASSWORD" | od -An -tx1 | tr -d ' \\n')
      [ "$got" = ${expected} ] && [ "$PGUSER" = 'a "b"' ] && exit 0
      echo 'FATAL: password authentication failed for user "x"' >&2; exit 2`;
    expect(run(psql, odd)).toBe('login=ok\ncontrol=refused\n');
  });

  test('goes to the given address only, never to one that the container sets', () => {
    const psql = '[ "$PGHOST:$PGPORT/$PGDATABASE" = 10.1.2.3:5433/auth ] && [ -z "$PGHOSTADDR$PGOPTIONS" ]';
    expect(run(psql, login)).toBe('login=ok\ncontrol=ok\n');
  });

  test('tries no other password with the real user, whose name the server would log', () => {
    const tries = join(folder, 'tries');
    const psql = `printf '%s %s\\n' "$PGUSER" "$PGPASSWORD" >>${tries}`;
    expect(run(psql, login)).toBe('login=ok\ncontrol=ok\n');
    expect(readFileSync(tries, 'utf8')).toBe(`app ${login.password}\nc2l_verify_no_such_role c2l-wrong-on-purpose\n`);
  });

  test.each([
    ['password authentication failed for user "app"', 'refused'],
    ['FATAL:  database "auth" does not exist', 'no-database'],
    ['FATAL:  role "app" does not exist', 'no-role'],
    ['FATAL:  no pg_hba.conf entry for host "10.1.2.3"', 'not-allowed'],
    ['connection to server at "10.1.2.3", port 5433 failed: Connection refused', 'unreachable'],
    ['FATAL:  the database system is starting up', 'unreachable'],
    ['something with a canary in it', 'failed'],
  ])('says of %j one word', (message, word) => {
    const output = run(`echo '${message}' >&2; exit 2`, login);
    expect(output).toBe(`login=${word}\ncontrol=${word}\n`);
  });
});

describe('what the words mean', () => {
  test.each([
    ['login=ok\ncontrol=refused\n', true, false, /^login accepted, and a password is demanded/],
    ['login=ok\ncontrol=not-allowed\n', true, false, /^login accepted; whether a password is demanded could not/],
    ['login=ok\ncontrol=unreachable\n', true, false, /^login accepted; whether a password is demanded could not/],
    ['login=ok\n', true, false, /^login accepted; whether a password is demanded could not/],
    ['login=ok\ncontrol=no-role\n', true, false, /^warning: .* proves nothing/],
    ['login=ok\ncontrol=ok\n', true, false, /^warning: .* proves nothing/],
    ['login=refused\ncontrol=refused\n', false, false, /another password/],
    ['login=unreachable\ncontrol=unreachable\n', false, true, /could not connect/],
    ['login=ok\r\ncontrol=refused\r\n', true, false, /accepted/],
    ['', false, true, /no answer/],
    ['login=toString', false, true, /no answer/],
  ])('%j', (stdout, isAccepted, canHeal, detail) => {
    const isRefused = stdout.startsWith('login=refused') ? ({ isRefused: true } as const) : {};
    expect(readLoginOutcome(stdout)).toEqual({
      isAccepted,
      ...isRefused,
      canHeal,
      detail: expect.stringMatching(detail),
    });
  });
});
