"""The measurement of a running server."""
