"""Second proof tier: real processes on loopback. See README.md."""
