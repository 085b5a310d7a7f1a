"""A Pulumi program run with no Pulumi CLI, backend or cluster: its resources, manifests, tree and difference."""
