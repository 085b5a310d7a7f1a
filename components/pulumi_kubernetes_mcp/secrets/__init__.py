"""McpSecrets: the Secret of a server, by reference."""
