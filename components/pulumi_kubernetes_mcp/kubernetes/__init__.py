"""What the specs of several components share: labels, security contexts, network policies, quantities."""
