"""McpAutoscaling: the one autoscaler of a workload."""
