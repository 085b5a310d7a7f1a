"""The third proof tier: every stack against a real Kubernetes control plane on loopback."""
