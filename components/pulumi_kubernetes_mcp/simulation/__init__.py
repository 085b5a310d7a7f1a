"""What will happen, before it does: the autoscaler and the traffic, exactly as Kubernetes does it. Pure."""
