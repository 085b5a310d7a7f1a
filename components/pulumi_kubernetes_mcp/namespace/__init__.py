"""McpNamespace: a namespace that is closed by default."""
