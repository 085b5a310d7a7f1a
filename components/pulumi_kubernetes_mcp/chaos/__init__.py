"""``mcp-stack chaos``: a fault, bounded and undone, while clients of each era call; and what it did to them."""
