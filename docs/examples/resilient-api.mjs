// A small API that outlives its database: it listens at once, says unready while the database is away, and tries again
// with back-off. `docs/resilience.md` explains each part.
import { createServer } from 'node:http';
import pg from 'pg';

/** Calls `attempt` until it succeeds. The wait doubles up to `most`, with jitter so that replicas do not come at once. */
export async function withBackOff(attempt, { first = 250, most = 2_000, sleep = pause, random = Math.random } = {}) {
  for (let wait = first; ; wait = Math.min(wait * 2, most)) {
    try {
      return await attempt();
    } catch (error) {
      // The code alone: the message of a refused login names the user.
      console.log(`database: ${error.code ?? 'no answer in time'}, next try in ${wait} ms`);
      await sleep(wait * (0.5 + random() / 2));
    }
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export function createApi(pool, options) {
  let ready = false;
  let isTrying = false;

  // One at a time, however many requests ask: readiness must not become the load that keeps the database down.
  const reconnect = async () => {
    if (isTrying) return;
    isTrying = true;
    ready = false;
    await withBackOff(() => pool.query('select 1'), options);
    ready = true;
    isTrying = false;
  };

  // A connection that the server ends while idle is an event; without a listener it ends the program.
  pool.on('error', () => void reconnect());

  const server = createServer(async (request, response) => {
    if (request.url === '/health' && ready) {
      await pool.query('select 1').catch(() => void reconnect());
    }
    response.writeHead(ready ? 200 : 503, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ database: { status: ready ? 'connected' : 'unreachable' } }));
  });
  return { server, start: reconnect };
}

if (process.env.DB_HOST !== undefined) {
  const pool = new pg.Pool({
    host: process.env.DB_HOST,
    user: process.env.DB_USER,
    password: process.env.DB_PASSWORD,
    max: 4,
    // Without limits a query to a host that is gone hangs, and the program with it.
    connectionTimeoutMillis: 2_000,
    query_timeout: 2_000,
  });
  const { server, start } = createApi(pool);
  server.listen(8080);
  void start();
  process.on('SIGTERM', () => process.exit(0));
}
