"""Whether a cluster has what a stack needs: read through kubectl, judged by itself, nothing changed."""
