"""The exporter: many endpoints, a round each per interval, and what Prometheus reads of them."""
