import { createServer } from 'node:http';
import pg from 'pg';

/**
 * The stack's API, reduced to what an outage shows: `server.js` serves a health endpoint that really asks both
 * databases, `server.js migrate` runs a migration and ends. It listens whether or not a database is there.
 */
type Environment = Readonly<Record<string, string | undefined>>;

interface Database {
  readonly name: string;
  readonly pool: pg.Pool;
}

function database(name: string, prefix: 'DB' | 'AUTH_DB', env: Environment): Database {
  const pool = new pg.Pool({
    host: env[`${prefix}_HOST`],
    port: Number(env[`${prefix}_PORT`] ?? 5432),
    database: env[`${prefix}_NAME`],
    user: env[`${prefix}_USER`],
    password: env[`${prefix}_PASSWORD`],
    max: 1,
    connectionTimeoutMillis: 2_000,
    query_timeout: 2_000,
    idleTimeoutMillis: 1_000,
  });
  // An idle connection that the server ends must not end the program: the next query opens another.
  pool.on('error', () => undefined);
  return { name, pool };
}

/** The code alone: PostgreSQL's messages quote the user's name, which is a value of the Secret. */
function reason(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : 'no answer in time';
}

async function unreachable({ name, pool }: Database): Promise<string | undefined> {
  try {
    await pool.query('select 1');
    return undefined;
  } catch (error) {
    return `${name}: ${reason(error)}`;
  }
}

async function health(databases: readonly Database[]): Promise<{ status: number; body: object }> {
  const problems = (await Promise.all(databases.map(unreachable))).filter((problem) => problem !== undefined);
  if (problems.length === 0) return { status: 200, body: { status: 'ok', database: { status: 'connected' } } };
  return {
    status: 503,
    body: { status: 'degraded', database: { status: 'unreachable', detail: problems.join('; ') } },
  };
}

function serve(databases: readonly Database[]): void {
  const server = createServer((request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (request.url !== '/health') answer(404, { status: 'not found' });
    else
      void health(databases).then(({ status, body }) => {
        answer(status, body);
      });
  });
  server.listen(8080, () => {
    console.log('listening on 8080');
  });
}

async function migrate({ name, pool }: Database): Promise<void> {
  try {
    await pool.query(
      'create table if not exists migrations (version integer primary key, at timestamptz default now())',
    );
    await pool.query('insert into migrations (version) values (1) on conflict do nothing');
    console.log(`${name}: at version 1`);
  } catch (error) {
    console.error(`${name}: migration failed: ${reason(error)}`);
    process.exitCode = 1;
  }
  await pool.end();
}

// As process 1 of a container a program has no default reaction to SIGTERM.
process.on('SIGTERM', () => process.exit(0));
const app = database('postgres', 'DB', process.env);
if (process.argv[2] === 'migrate') void migrate(app);
else serve([app, database('postgres-auth', 'AUTH_DB', process.env)]);
