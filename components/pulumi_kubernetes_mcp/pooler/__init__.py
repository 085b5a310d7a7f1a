"""McpPgBouncer: a connection pooler within a connection budget."""
