/**
 * Logs in over TCP from inside the Postgres pod, first as the application, then as a role that c2l made up, to see
 * whether a password is asked for at all. POSIX sh, for Debian, Alpine and busybox.
 *
 * - Postgres logs the name of each user it refuses, and the application's may be a secret value: nothing wrong is tried
 *   with it on purpose. Where its password really is wrong, the login fails in that log as the application's own do.
 * - Arguments are HOST PORT DATABASE; user and password come over standard input, one base64 line each, because
 *   arguments and environment of an exec stand in audit logs.
 * - HOST must be the pod's own address: on 127.0.0.1 the official image trusts everybody.
 * - Only words leave the pod. What psql says can quote names and settings, so it is classified here.
 */
export const postgresLoginScript = `
IFS= read -r user64 && IFS= read -r password64 || { echo login=no-input; exit 0; }
command -v psql >/dev/null 2>&1 || { echo login=no-psql; exit 0; }
# The x keeps line breaks at the end, which command substitution would drop.
user=$(printf %s "$user64" | base64 -d && printf x) || { echo login=no-input; exit 0; }
password=$(printf %s "$password64" | base64 -d && printf x) || { echo login=no-input; exit 0; }
unset PGHOSTADDR PGSERVICE PGOPTIONS PGPASSFILE
export PGHOST="$1" PGPORT="$2" PGDATABASE="$3" PGCONNECT_TIMEOUT=5 LC_ALL=C
attempt() {
  answer=$(PGUSER="$1" PGPASSWORD="$2" psql -X -w -tAc 'select 1' 2>&1 </dev/null) && { echo ok; return; }
  case $answer in
    *'password authentication failed'* | *'no password supplied'*) echo refused ;;
    *'database "'*'does not exist'*) echo no-database ;;
    *'role "'*'does not exist'*) echo no-role ;;
    *'pg_hba.conf'*) echo not-allowed ;;
    *'Connection refused'* | *'timeout expired'* | *'starting up'* | *'shutting down'* | *'could not connect'*)
      echo unreachable ;;
    *) echo failed ;;
  esac
}
echo "login=$(attempt "\${user%x}" "\${password%x}")"
echo "control=$(attempt c2l_verify_no_such_role c2l-wrong-on-purpose)"
`;

const loginWords = [
  'ok',
  'refused',
  'no-database',
  'no-role',
  'not-allowed',
  'unreachable',
  'no-psql',
  'no-input',
  'failed',
] as const;

type LoginWord = (typeof loginWords)[number];

export interface LoginOutcome {
  readonly isAccepted: boolean;
  /** Set where it was the password that was not accepted. */
  readonly isRefused?: true;
  /** Whether waiting can still help: a server that starts up will answer, a wrong password stays wrong. */
  readonly canHeal: boolean;
  readonly detail: string;
}

const meanings: Record<LoginWord, Omit<LoginOutcome, 'isAccepted'>> = {
  ok: { canHeal: false, detail: 'login accepted, and a password is demanded' },
  refused: {
    isRefused: true,
    canHeal: false,
    detail: 'password authentication failed: the database holds another password',
  },
  'no-database': { canHeal: true, detail: 'the database does not exist' },
  'no-role': { canHeal: false, detail: 'the user does not exist in the database' },
  'not-allowed': { canHeal: false, detail: 'pg_hba.conf allows no login of this user over TCP' },
  unreachable: { canHeal: true, detail: 'could not connect to the server' },
  'no-psql': { canHeal: false, detail: 'the container has no psql to log in with' },
  'no-input': { canHeal: true, detail: 'user and password did not reach the container' },
  failed: { canHeal: true, detail: 'psql ended without a login, for a reason that c2l does not know' },
};

/** Reads the words of the script; anything else is no login. */
export function readLoginOutcome(stdout: string): LoginOutcome {
  const login = wordAfter('login', stdout);
  if (login === undefined) return { isAccepted: false, canHeal: true, detail: 'the login gave no answer' };
  const isAccepted = login === 'ok';
  const control = wordAfter('control', stdout);
  // Only who is let in without a password is told that the role does not exist; else it is one refusal for both.
  if (isAccepted && (control === 'ok' || control === 'no-role')) {
    return {
      isAccepted,
      canHeal: false,
      detail: 'warning: the database asks for no password here, so this login proves nothing of it',
    };
  }
  if (isAccepted && control !== 'refused') {
    return { isAccepted, canHeal: false, detail: 'login accepted; whether a password is demanded could not be seen' };
  }
  return { isAccepted, ...meanings[login] };
}

function wordAfter(name: string, stdout: string): LoginWord | undefined {
  const word = new RegExp(`^${name}=([a-z-]+)\\r?$`, 'm').exec(stdout)?.[1];
  return loginWords.find((known) => known === word);
}
