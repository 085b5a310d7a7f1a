"""McpProbe: an exporter in the cluster that watches servers as their clients see them."""
