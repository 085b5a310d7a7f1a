"""The monitoring of a server."""
