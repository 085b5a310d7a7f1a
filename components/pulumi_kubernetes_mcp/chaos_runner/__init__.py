"""McpChaos: a fault that is tried in the cluster while clients of each era call."""
