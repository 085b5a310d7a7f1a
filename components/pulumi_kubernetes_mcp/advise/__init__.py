"""``mcp-stack advise``: what days of production say of a stack, and the change that follows."""
