import type { ProgramExit } from '../api/api-programs.ts';
import type { Login, LoginAnswer } from './program.ts';
import type { PostgresData, Program, ProgramStart } from './program.ts';

const port = 5432;
const startsInMs = 300;
const initialisesInMs = 1200;

/** The database server of the `postgres` image. */
export function postgres(start: ProgramStart): Program {
  const { env, network, pod } = start;
  const disk = start.disk(env.get('PGDATA') ?? '/var/lib/postgresql/data');
  const isFirstStart = disk.postgres === undefined;
  disk.postgres ??= initialData(env);
  const data = disk.postgres;
  let isListening = false;
  if (data) {
    start.after(isFirstStart ? initialisesInMs : startsInMs, () => {
      isListening = true;
    });
  } else {
    start.after(startsInMs, () => {
      start.exit(1);
    });
  }
  return {
    listensOn: (asked) => isListening && asked === port,
    postgres: { login: (login) => (data ? answer(data, login) : '28P01') },
    exec(command, stdin) {
      if (command[3] === 'c2l-postgres-row') {
        return rowScript(stdin, command.slice(4), data && isListening ? data : undefined);
      }
      if (command[3] !== 'c2l-postgres-login') {
        return command.join(' ').includes('pg_isready') ? readiness(isListening) : undefined;
      }
      const [host = '', portText = '', database = ''] = command.slice(4);
      return loginScript(stdin, database, (login) => {
        if (isLoopback(host)) {
          return isListening && data ? trusted(data, login) : 'unreachable';
        }
        const server = network.connect(pod.metadata.namespace, host, Number(portText));
        return typeof server === 'object' && server.postgres ? words[server.postgres.login(login)] : 'unreachable';
      });
    },
  };
}

/** How the login script of `verify` names what it saw. */
const words = { ok: 'ok', '28P01': 'refused', '3D000': 'no-database' } as const;

function initialData(env: ReadonlyMap<string, string>): PostgresData | undefined {
  const password = env.get('POSTGRES_PASSWORD') ?? '';
  const user = env.get('POSTGRES_USER') ?? 'postgres';
  const database = env.get('POSTGRES_DB') ?? user;
  const databases = ['postgres', 'template1', database];
  return password === '' ? undefined : { user, password, databases, tables: new Set() };
}

function answer(data: PostgresData, { user, password, database }: Login): LoginAnswer {
  if (user !== data.user || password !== data.password) {
    return '28P01';
  }
  return data.databases.includes(database) ? 'ok' : '3D000';
}

/** The image's pg_hba.conf trusts the loopback: the password is not looked at there. */
function trusted({ user, databases }: PostgresData, login: Login): string {
  if (login.user !== user) {
    return 'no-role';
  }
  return databases.includes(login.database) ? 'ok' : 'no-database';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function readiness(isListening: boolean): ProgramExit {
  const stdout = `/var/run/postgresql:5432 - ${isListening ? 'accepting connections' : 'no response'}\n`;
  return { exitCode: isListening ? 0 : 2, stdout, stderr: '' };
}

/** What that script prints: the login with what came over stdin, then one as a role that no database has. */
function loginScript(stdin: string, database: string, attempt: (login: Login) => string): ProgramExit {
  const [user, password] = stdin.split('\n').map((line) => Buffer.from(line, 'base64').toString('utf8'));
  if (user === undefined || password === undefined) {
    return { exitCode: 0, stdout: 'login=no-input\n', stderr: '' };
  }
  const login = attempt({ user, password, database });
  const control = attempt({ user: 'c2l_verify_no_such_role', password: 'c2l-wrong-on-purpose', database });
  return { exitCode: 0, stdout: `login=${login}\ncontrol=${control}\n`, stderr: '' };
}

/** What the script of a drill prints: it makes, looks for or drops a table as the application. */
function rowScript(stdin: string, argv: readonly string[], data: PostgresData | undefined): ProgramExit {
  const [, , database = '', action = '', table = ''] = argv;
  const [user = '', password = ''] = stdin.split('\n').map((line) => Buffer.from(line, 'base64').toString('utf8'));
  const isIn = data !== undefined && answer(data, { user, password, database }) === 'ok';
  const word = isIn ? rowWord(data, action, table) : 'failed';
  return { exitCode: 0, stdout: `row=${word}\n`, stderr: '' };
}

function rowWord({ tables = new Set() }: PostgresData, action: string, table: string): string {
  if (action === 'write') tables.add(table);
  if (action !== 'remove') return tables.has(table) ? 'there' : 'gone';
  tables.delete(table);
  return 'there';
}
