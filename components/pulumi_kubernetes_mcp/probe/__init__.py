"""The probe: one MCP server seen as its clients see it, from resolving its name to ending the session."""
