"""McpService: the workload of one MCP server, and the way to it inside the cluster."""
