"""Arguments of McpRegion."""
