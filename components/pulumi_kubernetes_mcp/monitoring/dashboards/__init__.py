"""Grafana dashboards of a server, as plain dictionaries."""
