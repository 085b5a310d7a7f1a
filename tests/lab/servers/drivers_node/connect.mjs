// What node-postgres makes of the environment: one connection, and what the server says of it, as JSON.
import pg from "pg";

const client = new pg.Client();
try {
  await client.connect();
  const said = await client.query(
    "select (select ssl from pg_stat_ssl where pid = pg_backend_pid()), current_setting('statement_timeout') as statement",
  );
  console.log(JSON.stringify({ ssl: said.rows[0].ssl, statement: said.rows[0].statement }));
} catch (error) {
  console.log(JSON.stringify({ error: String(error.code ?? error.message) }));
} finally {
  await client.end().catch(() => {});
}
