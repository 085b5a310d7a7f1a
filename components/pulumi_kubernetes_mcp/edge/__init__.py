"""McpIngress: how clients reach a server."""
