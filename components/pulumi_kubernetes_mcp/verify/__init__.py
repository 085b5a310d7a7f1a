"""``mcp-stack verify``: whether a server keeps the contract. Nothing here is imported before."""
